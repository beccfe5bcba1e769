import { createHash } from 'node:crypto';
import type { OutputFormat } from '@image-studio/contract';
import { safeSegment } from './safe-segment.ts';

/** The longest file name that the usual file systems take, in bytes. */
const MAX_NAME_BYTES = 255;
const MAX_SUFFIX_BYTES = 64;
/** What parts a suffix from its stem must not occur in it. */
const UNSAFE_IN_SUFFIX = /[^A-Za-z0-9-]+/g;

const EXTENSIONS = { 'image/jpeg': 'jpg', 'image/webp': 'webp', 'image/png': 'png' } as const;

/** A prepared photo, named for its content. A working area: may expire. */
export function inputKey(sha256: string, mime: keyof typeof EXTENSIONS): string {
  return `inputs/${sha256}.${EXTENSIONS[mime]}`;
}

/**
 * A photo that a client has uploaded, as it came, named for whose it is and for its content. Expires. Tenants are 1–64
 * letters, digits, `.`, `_` and `-`, so the `~` parts the two.
 */
export function uploadKey(tenant: string, sha256: string): string {
  return `photos/${tenant}~${sha256}`;
}

/** What the model answered to a call. A working area: may expire, at the price of paying again. */
export function callResultKey(callKey: string): string {
  return `ai/${callKey}`;
}

/**
 * A finished picture: `image-studio/{sku}/{stem}_{suffix}.{format}`. SKU and stem may be any text; plain ones stay as
 * they are, see `safeSegment`. Two different SKUs never share a key, nor do two different pairs of stem and suffix:
 * the suffix holds no `_` (letters, digits and `-` stay), so the last one parts the two.
 */
export function listingImageKey(image: {
  sku: string;
  stem: string;
  suffix: string;
  format: OutputFormat;
}): string {
  const suffix = safeSegment(image.suffix, MAX_SUFFIX_BYTES, UNSAFE_IN_SUFFIX);
  const tail = `_${suffix}.${image.format}`;
  const stem = safeSegment(image.stem, MAX_NAME_BYTES - Buffer.byteLength(tail));
  return `image-studio/${safeSegment(image.sku, MAX_NAME_BYTES)}/${stem}${tail}`;
}

/** The small WebP of a finished picture. Apart from the pictures, so that a SKU's folder holds what is to be listed. */
export function thumbKey(listingImageKey: string): string {
  return `thumbs/${createHash('sha256').update(listingImageKey).digest('hex').slice(0, 40)}.webp`;
}

/** A small WebP of a picture that an audit has found a fault of. */
export function auditThumbKey(auditId: string, index: number): string {
  return `thumbs/${auditId}-${index}.webp`;
}

/** What a batch produced, kept beside the pictures for good. */
export function manifestKey(batchId: string, extension: 'json' | 'csv'): string {
  return `batches/${batchId}/manifest.${extension}`;
}

/** The table that a batch was submitted as, for exports. Goes when the batch is forgotten; never served. */
export function tableKey(batchId: string): string {
  return `tables/${batchId}.jsonl.gz`;
}

/** What was last made of a feed that is pulled, by the digest of its tenant and address. Never served. */
export function pullKey(sha256: string): string {
  return `pulls/${sha256}.json.gz`;
}
