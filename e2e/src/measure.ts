import sharp from 'sharp';

export interface Measured {
  width: number;
  height: number;
  format: string;
  /** Share of the outer ring of pixels that is exactly 255, 255, 255. */
  borderWhite: number;
  /** Longer side of the product's box over the side of the frame it lies along. */
  fill: number;
  /** Mean colour of the pixels that are clearly not white. */
  colour: [number, number, number];
}

/** Measures a finished picture from its bytes alone, independently of the product's own checks. */
export async function measure(data: Buffer): Promise<Measured> {
  const { format } = await sharp(data).metadata();
  const { data: pixels, info } = await sharp(data).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const at = (x: number, y: number) => {
    const i = (y * width + x) * 3;
    return [pixels[i] ?? 0, pixels[i + 1] ?? 0, pixels[i + 2] ?? 0] as const;
  };
  let border = 0;
  let white = 0;
  let [left, right, top, bottom] = [width, -1, height, -1];
  const sum: [number, number, number] = [0, 0, 0];
  let count = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [r, g, b] = at(x, y);
      const lowest = Math.min(r, g, b);
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) {
        border += 1;
        if (lowest === 255) white += 1;
      }
      if (lowest < 225) {
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
      }
      if (lowest < 170) {
        sum[0] += r;
        sum[1] += g;
        sum[2] += b;
        count += 1;
      }
    }
  }
  const mean = (total: number) => (count === 0 ? 0 : total / count);
  return {
    width,
    height,
    format: format ?? 'none',
    borderWhite: white / border,
    fill: Math.max((right - left + 1) / width, (bottom - top + 1) / height),
    colour: [mean(sum[0]), mean(sum[1]), mean(sum[2])],
  };
}
