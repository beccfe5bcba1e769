import { createHash } from 'node:crypto';
import { cutToBytes } from './cut-to-bytes.ts';

/** Characters of a name that stays as it is: letters and digits of any script with their marks, and `-_.` */
const UNSAFE = /[^\p{L}\p{N}\p{M}._-]+/gu;

/** 64 bits of SHA-256: two texts that share their readable part do not share this. */
const HASH_DIGITS = 16;

/**
 * Any text as one readable path segment of at most `maxBytes`; different texts give different segments.
 *
 * Plain text in Unicode's composed form (NFC) stays as it is. Everything else (`a/b`, `..`, `A:1`, a decomposed `é`,
 * 128 Chinese characters) becomes its readable part, `~` and a hash of the original. `~` is not a plain character, so no
 * text can pose as another's changed form, and URLs carry it unencoded. `unsafe` may forbid more than that.
 */
export function safeSegment(text: string, maxBytes: number, unsafe: RegExp = UNSAFE): string {
  const composed = text.normalize('NFC');
  const plain = composed.replace(unsafe, '-');
  if (plain === text && !/^\.*$/.test(text) && Buffer.byteLength(text) <= maxBytes) return text;
  // UTF-16 keeps what UTF-8 cannot say: lone surrogates, of which JSON may hold any.
  const hash = createHash('sha256').update(Buffer.from(text, 'utf16le')).digest('hex').slice(0, HASH_DIGITS);
  const readable = plain.normalize('NFC').replace(/^[.-]+|-+$/g, '') || '_';
  return `${cutToBytes(readable, maxBytes - HASH_DIGITS - 1)}~${hash}`;
}
