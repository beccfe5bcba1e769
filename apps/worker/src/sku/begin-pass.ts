import { type Redo, type SkuRecord, slotsOf } from '@image-studio/contract';

/**
 * Where models are compared, the sample is made by one after the other: what the one before made is outdated, and what was asked for
 * because of it is no more. A photo that a person chose stays chosen. Doing it twice is doing it once.
 */
export function beginPass(record: SkuRecord, pass: number): void {
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
