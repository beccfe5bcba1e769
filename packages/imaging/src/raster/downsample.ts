import type { Raster } from './raster.ts';

interface Downsampled {
  rgb: Raster;
  alpha: Uint8Array | null;
}

/** Small versions of a picture, kept for the next caller: background, contrast and colours are each measured on one. */
const known = new WeakMap<Raster, Map<number, Downsampled>>();

/** As `downsample`, but made once for each picture and size: do not write into the result, nor into the picture. */
export function downsampled(picture: Raster, maxSide: number): Downsampled {
  const sizes = known.get(picture) ?? new Map<number, Downsampled>();
  known.set(picture, sizes);
  const found = sizes.get(maxSide);
  if (found) return found;
  // A map that is there already, and at least twice as large, says the same in a fraction of the time.
  const larger = [...sizes].find(([side, { alpha }]) => side >= 2 * maxSide && !alpha)?.[1].rgb;
  const made = downsample(larger ?? picture, maxSide);
  sizes.set(maxSide, made);
  return made;
}

/**
 * Shrinks to `maxSide` by averaging blocks (alpha-weighted, over white). Unlike a sharpening kernel, averaging makes
 * no rings beside edges, which would read as something standing on the background. Of large blocks only a grid of 2 × 2
 * or 3 × 3 pixels is read: a quarter of the time, for the same map within a level.
 */
function downsample(picture: Raster, maxSide: number): Downsampled {
  const { data, channels } = picture;
  const scale = Math.min(1, maxSide / Math.max(picture.width, picture.height));
  if (scale === 1 && channels === 3) return { rgb: picture, alpha: null };
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const columns = blocks(picture.width, width);
  const rows = blocks(picture.height, height);
  const rgb = new Uint8Array(width * height * 3);
  if (channels === 3) {
    averageOpaque(data, picture.width, rgb, columns, rows);
    return { rgb: { data: rgb, width, height, channels: 3 }, alpha: null };
  }
  const alphas = new Uint8Array(width * height);
  for (let y = 0, cell = 0; y < height; y++) {
    const row = rows[y] as Block;
    for (let x = 0; x < width; x++, cell++) {
      const column = columns[x] as Block;
      let red = 0;
      let green = 0;
      let blue = 0;
      let opacity = 0;
      let count = 0;
      for (let v = row.start; v < row.end; v += row.step) {
        for (let u = column.start; u < column.end; u += column.step) {
          const i = (v * picture.width + u) * channels;
          const alpha = data[i + 3] / 255;
          red += data[i] * alpha;
          green += data[i + 1] * alpha;
          blue += data[i + 2] * alpha;
          opacity += alpha;
          count++;
        }
      }
      // Storing into bytes cuts the fraction off: half a level rounds.
      const white = 255 * (count - opacity) + count / 2;
      rgb[cell * 3] = (red + white) / count;
      rgb[cell * 3 + 1] = (green + white) / count;
      rgb[cell * 3 + 2] = (blue + white) / count;
      alphas[cell] = (255 * opacity) / count + 0.5;
    }
  }
  return { rgb: { data: rgb, width, height, channels: 3 }, alpha: alphas };
}

/** Averages blocks of a picture without transparency, in whole numbers: half the time, and nearly every picture is opaque. */
function averageOpaque(
  data: Uint8Array,
  pictureWidth: number,
  rgb: Uint8Array,
  columns: Block[],
  rows: Block[],
): void {
  // Nearly every block is read at two by two pixels: written out, without looks at objects, that takes a fifth of the time.
  const isGrid = ({ start, end, step }: Block) => end - start > step && end - start <= 2 * step;
  const firsts = Int32Array.from(columns, ({ start }) => start * 3);
  const seconds = Int32Array.from(columns, (block) => (isGrid(block) ? block.step * 3 : 0));
  let to = 0;
  for (const row of rows) {
    const line = row.start * pictureWidth * 3;
    const down = isGrid(row) ? row.step * pictureWidth * 3 : 0;
    for (let column = 0; column < firsts.length; column++, to += 3) {
      const right = seconds[column];
      if (right === 0 || down === 0) {
        averageBlock(data, pictureWidth, rgb, to, columns[column] as Block, row);
        continue;
      }
      const a = line + firsts[column];
      const b = a + right;
      const c = a + down;
      const d = c + right;
      rgb[to] = meanOfFour(data, a, b, c, d);
      rgb[to + 1] = meanOfFour(data, a + 1, b + 1, c + 1, d + 1);
      rgb[to + 2] = meanOfFour(data, a + 2, b + 2, c + 2, d + 2);
    }
  }
}

function meanOfFour(data: Uint8Array, a: number, b: number, c: number, d: number): number {
  return (data[a] + data[b] + data[c] + data[d] + 2) >> 2;
}

function averageBlock(
  data: Uint8Array,
  pictureWidth: number,
  rgb: Uint8Array,
  to: number,
  { start, end, step }: Block,
  row: Block,
): void {
  let red = 0;
  let green = 0;
  let blue = 0;
  let count = 0;
  for (let v = row.start; v < row.end; v += row.step) {
    const line = v * pictureWidth * 3;
    const last = line + end * 3;
    for (let i = line + start * 3; i < last; i += 3 * step) {
      red += data[i];
      green += data[i + 1];
      blue += data[i + 2];
      count++;
    }
  }
  const half = count / 2;
  rgb[to] = (red + half) / count;
  rgb[to + 1] = (green + half) / count;
  rgb[to + 2] = (blue + half) / count;
}

interface Block {
  start: number;
  end: number;
  step: number;
}

function blocks(full: number, parts: number): Block[] {
  return Array.from({ length: parts }, (_, part) => {
    const start = Math.floor((part * full) / parts);
    const end = Math.max(start + 1, Math.floor(((part + 1) * full) / parts));
    return { start, end, step: Math.max(1, Math.floor((end - start) / 2)) };
  });
}
