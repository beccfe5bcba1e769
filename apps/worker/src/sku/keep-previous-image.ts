import { type Check, type SkuRecord, StageError } from '@image-studio/contract';
import type { StoredCall } from './paid-picture.ts';

/**
 * Another round that brought nothing costs nobody the picture that is there: it stays, with a check that says what
 * happened, and a person decides. Returns whether there is such a picture; one that was rejected does not count.
 */
export function keepPreviousImage(record: SkuRecord, call: StoredCall, error: unknown): boolean {
  if (call.round === 0 || !(error instanceof StageError) || error.verdict === 'retry') return false;
  const earlier = record.images.find(({ slot }) => slot === call.slot);
  const redo = record.redo?.[call.slot];
  if (!earlier || !redo || earlier.review?.decision === 'rejected') return false;
  const check: Check = {
    rule: 'anotherTry',
    measured: `${error.code}: ${error.message}`,
    required: 'a new picture, which was asked for',
    pass: false,
  };
  const checks = [...earlier.checks.filter(({ rule }) => rule !== check.rule), check];
  record.images = record.images.map((image) => (image === earlier ? { ...image, checks } : image));
  record.redo = { ...record.redo, [call.slot]: { ...redo, kept: true } };
  return true;
}
