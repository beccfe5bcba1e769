import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { cutToBytes } from './cut-to-bytes.ts';

/** File systems take 255 bytes a name. Longer segments are cut; the rest is room for the mark of the cut. */
const MAX_PLAIN_BYTES = 200;
const CUT_BYTES = 180;

/**
 * Where an object lies below the store's folder: its key, with segments over 200 bytes cut and told apart by a hash.
 * Cut names are always longer than 200 bytes, so none can be mistaken for a plain one.
 */
export function diskPath(key: string): string {
  return join(...key.split('/').map(diskName));
}

function diskName(segment: string): string {
  if (Buffer.byteLength(segment) <= MAX_PLAIN_BYTES) return segment;
  const hash = createHash('sha256').update(segment).digest('hex').slice(0, 32);
  return `${cutToBytes(segment, CUT_BYTES)}~${hash}`;
}
