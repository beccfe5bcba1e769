import type { SkuInput } from '@image-studio/contract';
import type { Dropped } from '../../photos/dropped.ts';
import { textKind } from './text-kind.ts';

/** What was typed, pasted, dropped or chosen. */
export interface Source {
  text: string;
  /** Where it came from, when it was a file. */
  file: { name: string; bytes: number } | null;
  /** A table as its file holds it, which only the server can read; `id` tells one dropped file from the next. */
  table?: { bytes: Uint8Array<ArrayBuffer>; id: string };
  /** Photos from a disk, in the order of dropping, and the products that they make; `null` while some are on their way. */
  photos?: { dropped: readonly Dropped[]; skus: SkuInput[] | null };
}

export const NO_SOURCE: Source = { text: '', file: null };

let files = 0;

/** A file as it is: JSON and lines become text that goes on with the form, everything else goes to the server in its own bytes. */
export function sourceOf(name: string, bytes: Uint8Array<ArrayBuffer>): Source {
  const file = { name, bytes: bytes.length };
  const text = textOf(bytes);
  const kind = text === null ? 'table' : textKind(text);
  if (text !== null && (kind === 'json' || kind === 'lines')) return { text, file };
  files += 1;
  return { text: '', file, table: { bytes, id: `${name} ${bytes.length} ${files}` } };
}

/** `null` for bytes that are not UTF-8. */
function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
