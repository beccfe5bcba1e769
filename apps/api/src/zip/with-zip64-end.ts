/** APPNOTE.TXT 4.3.16, 4.3.14, 4.3.15: the end record, and what stands before it in a large archive. */
const END = { signature: 0x06054b50, bytes: 22 };
const END64 = { signature: 0x06064b50, bytes: 56 };
const LOCATOR = { signature: 0x07064b50, bytes: 20 };
/** The count in the end record has 16 bits, all of which set mean "see the large one". */
const MOST_ENTRIES = 65_534;

/**
 * A ZIP as client-zip makes it, with the record that counts more than 65,534 entries: it writes that for large files
 * only, and Info-ZIP's unzip and others reject an archive without it. `entries` is asked when all bytes have passed;
 * the end record comes as a chunk of its own.
 */
export async function* withZip64End(
  zip: AsyncIterable<Uint8Array>,
  entries: () => number,
): AsyncGenerator<Uint8Array> {
  let offset = 0;
  let last: Uint8Array | undefined;
  for await (const chunk of zip) {
    if (last !== undefined) {
      offset += last.length;
      yield last;
    }
    last = chunk;
  }
  if (last === undefined) return;
  if (entries() > MOST_ENTRIES && isPlainEnd(last)) yield largeEnd(last, entries(), offset);
  yield last;
}

function isPlainEnd(chunk: Uint8Array): boolean {
  return chunk.length === END.bytes && Buffer.from(chunk).readUInt32LE(0) === END.signature;
}

function largeEnd(end: Uint8Array, entries: number, offset: number): Buffer {
  const directory = Buffer.from(end).subarray(12, 20);
  const record = Buffer.alloc(END64.bytes + LOCATOR.bytes);
  record.writeUInt32LE(END64.signature, 0);
  record.writeBigUInt64LE(BigInt(END64.bytes - 12), 4);
  record.writeUInt16LE(45, 12); // made by, and needs, version 4.5
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(BigInt(entries), 24);
  record.writeBigUInt64LE(BigInt(entries), 32);
  record.writeBigUInt64LE(BigInt(directory.readUInt32LE(0)), 40);
  record.writeBigUInt64LE(BigInt(directory.readUInt32LE(4)), 48);
  record.writeUInt32LE(LOCATOR.signature, END64.bytes);
  record.writeBigUInt64LE(BigInt(offset), END64.bytes + 8);
  record.writeUInt32LE(1, END64.bytes + 16);
  return record;
}
