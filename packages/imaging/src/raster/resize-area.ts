import sharp from 'sharp';
import { COMPILED } from '../kernels/compiled.ts';
import { roomIn, startWasm, type WasmMemory } from '../kernels/start-wasm.ts';
import { catmullRom } from './catmull-rom.ts';
import { borrowBuffer } from './large-buffers.ts';
import type { Box, Raster } from './raster.ts';

/** Source pixels that an enlarged one is mixed from, along each side. */
const TAPS = 4;
/** Weights are whole numbers of which this many make one: as exact as bytes need, and 32 bits hold both passes. */
const ONE_BITS = 14;
const ONE = 1 << ONE_BITS;
/** Bytes of a number of the mixed row. */
const NUMBER_BYTES = 2;
/** Bytes that describe the sources of one enlarged pixel: where each begins in the mixed row (4), and its weight (2). */
const COLUMN_BYTES = TAPS * 6;
/** Of a row at once: both loops may read and write so much beyond its end. */
const SLACK = 64;

/**
 * A part of a picture at another size: what is opaque and not shrunk by the loops below, everything else by libvips. What comes
 * may be borrowed.
 */
export async function resizeArea(
  picture: Raster,
  { area, width, height }: { area: Box; width: number; height: number },
): Promise<Raster> {
  const { channels } = picture;
  const isEnlarged = width >= area.width && height >= area.height;
  if (isEnlarged && channels === 3)
    return { data: enlargeRaster(picture, area, width, height), width, height, channels };
  const data = await sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels } })
    .extract(area)
    .resize(width, height, { fit: 'fill' })
    .raw()
    .toBuffer();
  return { data, width, height, channels };
}

/**
 * Enlarges a part of an opaque picture with the Catmull–Rom cubic, as libvips does, but in two passes with four taps
 * each instead of one with sixteen, and in its place: what libvips 8.18 enlarges comes out half a pixel to the lower
 * right. The result is borrowed. The loops are WebAssembly ([decision 16](../../../../docs/decisions/0016-enlarging-in-webassembly.md)).
 */
export function enlargeRaster(picture: Raster, area: Box, width: number, height: number): Uint8Array {
  const { data } = picture;
  kernel ??= createEnlargeKernel();
  const out = borrowBuffer(width * height * 3);
  const rowBytes = area.width * 3;
  const at = layOut(kernel, rowBytes, width);
  writeColumns(kernel, at.columns, area.width, width);
  const window = new Uint8Array(kernel.memory.buffer);
  const mixed = new Uint8Array(kernel.memory.buffer, at.out, width * 3);
  const { rows, weights } = tapsOf(area.height, height);
  const held = new Int32Array(TAPS).fill(-1);
  for (let y = 0; y < height; y++) {
    for (let tap = y * TAPS; tap < (y + 1) * TAPS; tap++) {
      const row = rows[tap];
      const slot = row % TAPS;
      if (held[slot] === row) continue;
      held[slot] = row;
      const from = ((area.top + row) * picture.width + area.left) * 3;
      window.set(data.subarray(from, from + rowBytes), at.rows + slot * at.rowStride);
    }
    const tap = y * TAPS;
    const first = placeOfRow(rows[tap], at);
    kernel.mixRows(
      first,
      placeOfRow(rows[tap + 1], at),
      placeOfRow(rows[tap + 2], at),
      placeOfRow(rows[tap + 3], at),
      pairOf(weights[tap], weights[tap + 1]),
      pairOf(weights[tap + 2], weights[tap + 3]),
      at.line,
      first + rowBytes,
    );
    kernel.mixColumns(at.line, at.columns, at.columns + width * COLUMN_BYTES, at.out);
    out.set(mixed, y * width * 3);
  }
  return out;
}

/** The loops of `assembly/enlarge.ts`. All arguments are places in `memory`, in bytes, but for the weights. */
interface EnlargeKernel {
  memory: WasmMemory;
  /** Mixes four rows of bytes, the first of which ends at `end`, into a row of 16-bit numbers; two weights each in `w01`, `w23`. */
  mixRows(
    r0: number,
    r1: number,
    r2: number,
    r3: number,
    w01: number,
    w23: number,
    line: number,
    end: number,
  ): void;
  /** Mixes a row's numbers into a row of RGB bytes, by the column taps from `taps` to `end`. */
  mixColumns(line: number, taps: number, end: number, out: number): void;
}

function createEnlargeKernel(): EnlargeKernel {
  return startWasm<Omit<EnlargeKernel, 'memory'>>(COMPILED.enlarge.bytes);
}

/** One a thread: its memory holds a few rows of one picture at a time, which the next overwrites before it reads them. */
let kernel: EnlargeKernel | undefined;

/** Where in the kernel's memory everything lies. */
interface Layout {
  /** The four rows in use, each at its number modulo four. */
  rows: number;
  rowStride: number;
  line: number;
  columns: number;
  out: number;
}

function layOut({ memory }: EnlargeKernel, rowBytes: number, width: number): Layout {
  const aligned = (bytes: number) => Math.ceil((bytes + SLACK) / 16) * 16;
  const rowStride = aligned(rowBytes);
  const line = TAPS * rowStride;
  const columns = line + aligned(rowBytes * NUMBER_BYTES);
  const out = columns + aligned(width * COLUMN_BYTES);
  roomIn(memory, out + aligned(width * 3));
  return { rows: 0, rowStride, line, columns, out };
}

function placeOfRow(row: number, { rows, rowStride }: Layout): number {
  return rows + (row % TAPS) * rowStride;
}

/** Two 16-bit weights in 32 bits. */
function pairOf(low: number, high: number): number {
  return (low & 0xffff) | (high << 16);
}

function writeColumns({ memory }: EnlargeKernel, at: number, from: number, to: number): void {
  const columns = new Int32Array(memory.buffer, at, (to * COLUMN_BYTES) / 4);
  const { rows: sources, weights } = tapsOf(from, to);
  for (let first = 0, column = 0; first < to * TAPS; first += TAPS) {
    for (let tap = first; tap < first + TAPS; tap++) columns[column++] = sources[tap] * 3 * NUMBER_BYTES;
    for (let tap = first; tap < first + TAPS; tap += 2)
      columns[column++] = pairOf(weights[tap], weights[tap + 1]);
  }
}

/** The source rows (or columns) of each enlarged one, and their weights: `TAPS` of each. */
interface Taps {
  rows: Int32Array;
  weights: Int32Array;
}

function tapsOf(from: number, to: number): Taps {
  const rows = new Int32Array(to * TAPS);
  const weights = new Int32Array(to * TAPS);
  for (let pixel = 0; pixel < to; pixel++) {
    const centre = ((pixel + 0.5) * from) / to - 0.5;
    const first = Math.floor(centre) - 1;
    let rest = ONE;
    for (let tap = 0; tap < TAPS; tap++) {
      const source = first + tap;
      rows[pixel * TAPS + tap] = Math.min(from - 1, Math.max(0, source));
      const share = Math.round(ONE * catmullRom(centre - source));
      weights[pixel * TAPS + tap] = share;
      rest -= share;
    }
    // The weights of every pixel make exactly one, so that an even colour stays what it is.
    weights[pixel * TAPS + 1] = weights[pixel * TAPS + 1] + rest;
  }
  return { rows, weights };
}
