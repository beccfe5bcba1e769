import { describe, expect, test } from '@jest/globals';
import { withZip64End } from './with-zip64-end.ts';

/** The last 22 bytes of an archive whose directory is 3,000 bytes at 5,000. */
function endRecord(entries: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(entries, 65_535), 8);
  end.writeUInt16LE(Math.min(entries, 65_535), 10);
  end.writeUInt32LE(3_000, 12);
  end.writeUInt32LE(5_000, 16);
  return end;
}

async function passed(chunks: Uint8Array[], entries: number): Promise<Buffer> {
  const zip = (async function* () {
    yield* chunks;
  })();
  const out: Uint8Array[] = [];
  for await (const chunk of withZip64End(zip, () => entries)) out.push(chunk);
  return Buffer.concat(out);
}

describe('the end of a ZIP', () => {
  test('is left as it is up to 65,534 entries', async () => {
    const chunks = [Buffer.alloc(8_000), endRecord(65_534)];
    expect(await passed(chunks, 65_534)).toEqual(Buffer.concat(chunks));
  });

  test('counts more entries in a record of 64 bits, and says where that is', async () => {
    const end = endRecord(80_001);
    const zip = await passed([Buffer.alloc(8_000), end], 80_001);
    expect(zip.subarray(-22)).toEqual(end);
    expect(zip.readUInt32LE(8_000)).toBe(0x06064b50);
    const [onDisk, total, size, start] = [24, 32, 40, 48].map((at) => zip.readBigUInt64LE(8_000 + at));
    expect([onDisk, total, size, start]).toEqual([80_001n, 80_001n, 3_000n, 5_000n]);
    const locator = zip.subarray(-42, -22);
    expect([locator.readUInt32LE(0), locator.readBigUInt64LE(8)]).toEqual([0x07064b50, 8_000n]);
  });
});
