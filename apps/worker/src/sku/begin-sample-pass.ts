import { type Redo, type SkuRecord, slotsOf } from '@image-studio/contract';

/**
 * Begins a SKU's next sample pass. Where models are compared, each in turn makes the whole sample: the pictures of the model
 * before are outdated, and rounds that were asked for because of them are dropped. A photo that a person chose stays chosen.
 * Harmless twice.
 */
export function beginSamplePass(record: SkuRecord, pass: number): void {
  if (pass <= (record.pass ?? 0)) return;
  const slots = slotsOf(record.images);
  const rounds = new Map(record.images.map((image, position) => [slots[position], image.round ?? 0]));
  const chosen = Object.entries(record.redo ?? {}).flatMap(([slot, { round, photo }]): [string, Redo][] =>
    photo === undefined ? [] : [[slot, { round: Math.max(round, rounds.get(slot) ?? 0) + 1, photo }]],
  );
  record.images = record.images.map((image) => ({ ...image, outdated: true }));
  if (chosen.length > 0) record.redo = Object.fromEntries(chosen);
  else delete record.redo;
  record.pass = pass;
}
