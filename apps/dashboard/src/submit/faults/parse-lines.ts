import type { Sentence, SkuInput } from '@image-studio/contract';

/** A fault in the submitted text or form; `path` is shown beside the message. */
export interface Fault {
  path: string;
  message: string;
  /** The message for other languages. */
  sentence?: Sentence | undefined;
  /** Of a problem of the whole: its code, by which other languages say it. */
  code?: string | undefined;
}

/** What was read: the SKUs, the line each one stands in (same index), and what could not be read. */
export interface ParsedLines {
  skus: SkuInput[];
  lines: number[];
  faults: Fault[];
}

/** `KAM 6X6 https://… https://…`: the code is all that stands before the first address. */
const ADDRESS = /https?:\/\/[^\s,;|]+/gi;

/**
 * Reads one SKU a line: `SKU url url …`, separated by spaces, tabs, commas, semicolons or bars, as they come out of a
 * spreadsheet. Empty lines are skipped.
 */
export function parseLines(text: string): ParsedLines {
  const parsed: ParsedLines = { skus: [], lines: [], faults: [] };
  const seen = new Map<string, number>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const number = index + 1;
    const path = `line ${number}`;
    const addresses = [...line.matchAll(ADDRESS)];
    const sku = line
      .slice(0, addresses[0]?.index ?? line.length)
      .replace(/[\s,;|]+$/, '')
      .trim();
    const first = seen.get(sku);
    if (sku === '') parsed.faults.push({ path, message: 'has no SKU code before its first address' });
    else if (addresses.length === 0) {
      parsed.faults.push({ path, message: `“${sku}” has no photo address (http:// or https://)` });
    } else if (first !== undefined) {
      parsed.faults.push({ path, message: `“${sku}” already stands in line ${first}` });
    } else {
      seen.set(sku, number);
      parsed.skus.push({ sku, images: addresses.map(([url]) => ({ url })) });
      parsed.lines.push(number);
    }
  }
  return parsed;
}
