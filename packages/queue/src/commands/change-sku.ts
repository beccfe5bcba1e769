import { createHash } from 'node:crypto';
import { SkuInput, SkuRecord, slotsOf } from '@image-studio/contract';
import { STATE_OF } from '../batch-store/sku-characters.ts';
import type { Database } from '../redis/database.ts';
import { changeSkuScript } from './change-sku.lua.ts';

/** The parts of a SKU that are replaced; absent ones stay as they are. */
export type SkuChange = Partial<Pick<SkuInput, 'images' | 'photoOrder' | 'attributes'>>;

/** `busy`: it waits or is being worked on, and its job may have read it already. `missing`: there is no such SKU. */
export type ChangeVerdict = 'done' | 'busy' | 'cancelled' | 'missing';

/** How often a SKU is read again that changed between reading and writing. */
const MAX_TRIES = 5;

/**
 * Replaces photos or attributes of a SKU that has ended. Nothing is made by this: a retry, or another picture that is asked
 * for, uses them. Pictures that a failed SKU has of its former photos are made anew then. Doing it twice is doing it once.
 */
export async function changeSku(
  db: Database,
  batchId: string,
  sku: string,
  change: SkuChange,
): Promise<ChangeVerdict> {
  const { redis, keys } = db;
  const batch = keys.batch(batchId);
  const index = await redis.hget(`${batch}:names`, sku);
  if (index === null) return 'missing';
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    // The state first: what is read later belongs to it or makes the comparison fail.
    const state = await redis.getrange(`${batch}:states`, Number(index), Number(index));
    const name = STATE_OF[state] ?? 'waiting';
    if (name === 'cancelled') return 'cancelled';
    if (name === 'waiting' || name === 'active') return 'busy';
    const [known = null] = await redis.hmget(`${batch}:input`, index);
    if (known === null) return 'missing';
    const record = (await redis.hget(`${batch}:records`, index)) ?? '';
    const before = SkuInput.parse(JSON.parse(known));
    const after = changed(before, change);
    if (JSON.stringify(after) === JSON.stringify(before)) return 'done';
    const remade =
      name === 'failed' && record !== '' && differ(after.images, before.images) ? makeAnew(record) : '';
    const written = await changeSkuScript(
      redis,
      [batch],
      [index, state, sha1(known), sha1(record), JSON.stringify(after), remade],
    );
    if (Number(written) === -1) return 'missing';
    if (Number(written) === 1) return 'done';
  }
  return 'busy';
}

/** Photos that are given without an order of their own are ordered as they were. */
function changed(before: SkuInput, { images, photoOrder, attributes }: SkuChange): SkuInput {
  return {
    ...before,
    ...(images !== undefined && { images }),
    ...(photoOrder !== undefined && { photoOrder }),
    ...(attributes !== undefined && { attributes }),
  };
}

/** The record, with another round for each picture that it has. */
function makeAnew(text: string): string {
  const record = SkuRecord.parse(JSON.parse(text));
  if (record.images.length === 0) return '';
  const slots = slotsOf(record.images);
  const redo = { ...record.redo };
  for (const [place, image] of record.images.entries()) {
    const slot = slots[place] ?? image.kind;
    const round = image.round ?? 0;
    const known = redo[slot];
    if (known === undefined || known.round <= round || known.kept)
      redo[slot] = { round: Math.max(round, known?.round ?? 0) + 1 };
  }
  return JSON.stringify({ ...record, redo });
}

const differ = (a: SkuInput['images'], b: SkuInput['images']): boolean =>
  JSON.stringify(a) !== JSON.stringify(b);

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
