import { createInflateRaw } from 'node:zlib';

/** A file in a ZIP archive as its central directory tells. */
interface ZipEntry {
  name: string;
  method: number;
  compressed: number;
  /** Where its local header begins. */
  offset: number;
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
/** An end record of 22 bytes with the longest comment. */
const MAX_END = 22 + 0xffff;
const MAX_ENTRIES = 10_000;

/** The names of the files in an archive; `null` when it is not whole. */
export function zipEntryNames(bytes: Buffer): string[] | null {
  return readEntries(bytes)?.map(({ name }) => name) ?? null;
}

/** One file of an archive, unpacked; `null` when it is not there, or larger than `maxBytes`. */
export async function unzipEntry(bytes: Buffer, name: string, maxBytes: number): Promise<Buffer | null> {
  const entry = readEntries(bytes)?.find((one) => one.name === name);
  if (entry === undefined) return null;
  const chunks: Buffer[] = [];
  const size = await inflate(bytes, entry, maxBytes, (chunk) => chunks.push(chunk));
  return size > maxBytes ? null : Buffer.concat(chunks);
}

/**
 * What the files whose names match take when they are unpacked, by unpacking them and keeping nothing: what an archive
 * says of itself is not believed. Ends above `maxBytes`. Bytes that the directory does not mention count as if they were
 * packed as tightly as deflate can (1 to 1032).
 */
export async function unzippedSize(bytes: Buffer, names: RegExp, maxBytes: number): Promise<number> {
  const entries = readEntries(bytes) ?? [];
  const told = entries.reduce((sum, { compressed }) => sum + compressed, 0);
  const hidden = bytes.length - told - entries.length * 1024 - MAX_END;
  let total = hidden > 0 ? hidden * 1032 : 0;
  for (const entry of entries) {
    if (total > maxBytes) return total;
    if (names.test(entry.name)) total += await inflate(bytes, entry, maxBytes - total, () => {});
  }
  return total;
}

function readEntries(bytes: Buffer): ZipEntry[] | null {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || end < bytes.length - MAX_END || end + 22 > bytes.length) return null;
  if (bytes.readUInt32LE(end) !== END) return null;
  const count = Math.min(bytes.readUInt16LE(end + 10), MAX_ENTRIES);
  const entries: ZipEntry[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let n = 0; n < count; n++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== ENTRY) return null;
    const nameLength = bytes.readUInt16LE(at + 28);
    entries.push({
      name: bytes.toString('utf8', at + 46, at + 46 + nameLength),
      method: bytes.readUInt16LE(at + 10),
      compressed: bytes.readUInt32LE(at + 20),
      offset: bytes.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

/** Hands out what is in an entry, in pieces; answers its size, which is above `maxBytes` when it was given up. */
async function inflate(
  bytes: Buffer,
  { offset, compressed, method }: ZipEntry,
  maxBytes: number,
  take: (chunk: Buffer) => void,
): Promise<number> {
  if (offset + 30 > bytes.length) return 0;
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
  const data = bytes.subarray(start, start + compressed);
  if (method === 0) {
    take(data);
    return data.length;
  }
  const inflater = createInflateRaw();
  inflater.on('error', () => {});
  inflater.end(data);
  let size = 0;
  try {
    for await (const chunk of inflater as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) break;
      take(chunk);
    }
  } catch {
    // Damaged: the reader of the workbook says so.
  } finally {
    inflater.destroy();
  }
  return size;
}
