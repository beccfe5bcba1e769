import sharp, { type Metadata } from 'sharp';
import type { Raster } from '../raster/raster.ts';
import { heicPixels } from './heic-pixels.ts';

/** Of Display P3, by ISO 23091-2. */
const P3 = 12;

/**
 * A HEIC as a file that libvips decodes: the same pixels, upright, in the same colour profile. Rejects with an `Error` that
 * says what is wrong with the bytes.
 */
export async function heicToTiff(heic: Buffer, metadata: Metadata, maxPixels: number): Promise<Buffer> {
  const alpha = metadata.hasAlpha ?? false;
  const { data, width, height, primaries } = await heicPixels(heic, { maxPixels, alpha });
  const profile = metadata.icc ?? (primaries === P3 ? await displayP3() : undefined);
  return toTiff({ data, width, height, channels: alpha ? 4 : 3 }, profile);
}

/** The profile that libvips brings, taken from a picture of one pixel. */
async function displayP3(): Promise<Buffer | undefined> {
  const pixel = { width: 1, height: 1, channels: 3, background: '#fff' } as const;
  const png = await sharp({ create: pixel }).withIccProfile('p3').png().toBuffer();
  return (await sharp(png).metadata()).icc;
}

/** Bytes of a TIFF's header, and of an entry in its directory. */
const HEADER = 8;
const ENTRY = 12;
const SHORT = 3;
const LONG = 4;
const UNDEFINED = 7;
/** libtiff reads a strip at a time: some 200 kB of a photo from a phone. */
const ROWS_PER_STRIP = 16;

/**
 * Pixels and the colour profile that they are meant in (ICC) as an uncompressed TIFF: a way to hand both to libvips, which
 * takes plain pixels as sRGB. Costs a copy of the pixels and no compression.
 */
function toTiff({ data, width, height, channels }: Raster, profile: Buffer | undefined): Buffer {
  const strips = Math.ceil(height / ROWS_PER_STRIP);
  const stripBytes = ROWS_PER_STRIP * width * channels;
  const offsets = longs(strips, (n) => HEADER + n * stripBytes);
  const counts = longs(strips, (n) => Math.min(stripBytes, data.length - n * stripBytes));
  // Tag, type, values. In the order of the tags, as the format asks.
  const fields: [number, number, number[] | Buffer][] = [
    [256, LONG, [width]],
    [257, LONG, [height]],
    [258, SHORT, Array.from({ length: channels }, () => 8)],
    [259, SHORT, [1]], // not compressed
    [262, SHORT, [2]], // RGB
    [273, LONG, offsets],
    [277, SHORT, [channels]],
    [278, LONG, [ROWS_PER_STRIP]],
    [279, LONG, counts],
    ...(channels === 4 ? [[338, SHORT, [2]] as [number, number, number[]]] : []), // alpha, not multiplied in
    ...(profile ? [[34_675, UNDEFINED, profile] as [number, number, Buffer]] : []),
  ];
  const directoryAt = even(HEADER + data.length);
  const head = Buffer.alloc(HEADER);
  head.write('II*\0', 'latin1');
  head.writeUInt32LE(directoryAt, 4);
  const gap = Buffer.alloc(directoryAt - HEADER - data.length);
  return Buffer.concat([head, data, gap, directory(fields, directoryAt)]);
}

/** The directory at its place in the file, followed by the values that do not fit into their entries. */
function directory(fields: [number, number, number[] | Buffer][], at: number): Buffer {
  const entries = Buffer.alloc(2 + fields.length * ENTRY + 4);
  const values: Buffer[] = [];
  let valuesAt = even(at + entries.length);
  const gap = Buffer.alloc(valuesAt - at - entries.length);
  entries.writeUInt16LE(fields.length, 0);
  fields.forEach(([tag, type, value], n) => {
    const bytes = Buffer.isBuffer(value) ? value : pack(type, value);
    const entry = 2 + n * ENTRY;
    entries.writeUInt16LE(tag, entry);
    entries.writeUInt16LE(type, entry + 2);
    entries.writeUInt32LE(value.length, entry + 4);
    if (bytes.length <= 4) {
      bytes.copy(entries, entry + 8);
      return;
    }
    entries.writeUInt32LE(valuesAt, entry + 8);
    const padded = Buffer.concat([bytes, Buffer.alloc(even(bytes.length) - bytes.length)]);
    values.push(padded);
    valuesAt += padded.length;
  });
  return Buffer.concat([entries, gap, ...values]);
}

function pack(type: number, values: number[]): Buffer {
  const size = type === SHORT ? 2 : 4;
  const bytes = Buffer.alloc(values.length * size);
  for (const [n, value] of values.entries()) bytes.writeUIntLE(value, n * size, size);
  return bytes;
}

function longs(count: number, of: (n: number) => number): number[] {
  return Array.from({ length: count }, (_, n) => of(n));
}

function even(offset: number): number {
  return offset + (offset % 2);
}
