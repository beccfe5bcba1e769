import { join } from 'node:path';
import sharp from 'sharp';

/** Sides of a composite and of its true alpha, in pixels. */
const SIDE = 1000;
export const TRUTH_SIDE = 500;

export const BACKGROUNDS = {
  white: [255, 255, 255],
  offwhite: [246, 245, 242],
  grey: [218, 218, 219],
  teal: [60, 140, 140],
  peach: [245, 205, 180],
  cloth: [214, 203, 184],
  dark: [38, 38, 42],
  hardshadow: [214, 214, 214],
} as const;
export type BackgroundName = keyof typeof BACKGROUNDS;

/** Share of its light that a background loses from the middle to its corners. */
const FALLOFF: Partial<Record<BackgroundName, number>> = {
  grey: 0.12,
  peach: 0.12,
  hardshadow: 0.12,
  dark: 0.06,
  teal: 0.06,
};
/** Grain in levels, as cameras make it. */
const GRAIN = 2.2;

export interface Composite {
  jpeg: Buffer;
  /** The product's true opacity, `TRUTH_SIDE` squared. */
  alpha: Buffer;
}

/** A product on a drawn background, with its contact shadow, or a hard one; the same for the same seed. */
export async function drawComposite(
  assets: string,
  product: string,
  background: BackgroundName,
  seed: number,
): Promise<Composite> {
  const random = randomOf(seed);
  const size = Math.round(SIDE * (0.5 + 0.3 * random()));
  const { data: cut, info } = await sharp(join(assets, `${product}.webp`))
    .trim({ background: { r: 0, g: 0, b: 0, alpha: 0 }, threshold: 1 })
    .resize(size, size, { fit: 'inside' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const left = Math.round((SIDE - info.width) * (0.4 + 0.2 * random()));
  const top = Math.round((SIDE - info.height) * (0.35 + 0.2 * random()));
  const alpha = Buffer.alloc(SIDE * SIDE);
  const rgb = Buffer.alloc(SIDE * SIDE * 3);
  for (let y = 0; y < info.height; y++) {
    for (let x = 0; x < info.width; x++) {
      const from = (y * info.width + x) * 4;
      const to = (y + top) * SIDE + x + left;
      alpha[to] = cut[from + 3] ?? 0;
      rgb.set(cut.subarray(from, from + 3), to * 3);
    }
  }
  const light = await lightOn(
    alpha,
    background,
    { left, bottom: top + info.height, width: info.width },
    random,
  );
  const cloth = background === 'cloth' ? await blurred(noise(random), 2) : undefined;
  const grain = background === 'white' ? 0 : GRAIN;
  for (let pixel = 0; pixel < alpha.length; pixel++) {
    const weave = cloth ? 1.1 * ((cloth[pixel] ?? 128) - 128) : 0;
    const dirt = grain * (random() + random() - 1) + weave;
    const opacity = (alpha[pixel] ?? 0) / 255;
    for (let channel = 0; channel < 3; channel++) {
      const behind = (BACKGROUNDS[background][channel] ?? 0) * (light[pixel] ?? 1) + dirt;
      const at = pixel * 3 + channel;
      rgb[at] = Math.max(0, Math.min(255, Math.round(opacity * (rgb[at] ?? 0) + (1 - opacity) * behind)));
    }
  }
  return {
    jpeg: await sharp(rgb, { raw: { width: SIDE, height: SIDE, channels: 3 } })
      .jpeg({ quality: 88 })
      .toBuffer(),
    alpha: await map(alpha).resize(TRUTH_SIDE, TRUTH_SIDE).toColourspace('b-w').raw().toBuffer(),
  };
}

interface Foot {
  left: number;
  bottom: number;
  width: number;
}

/** Share of its light that the background gets, at each pixel. */
async function lightOn(
  alpha: Buffer,
  background: BackgroundName,
  foot: Foot,
  random: () => number,
): Promise<Float32Array> {
  const light = new Float32Array(alpha.length);
  const falloff = FALLOFF[background] ?? 0;
  for (let y = 0, pixel = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++, pixel++) {
      const [u, v] = [x / SIDE - 0.5, y / SIDE - 0.5];
      light[pixel] = 1 - falloff * (2 * (u * u + v * v) + 0.5 * v);
    }
  }
  const contact = Buffer.alloc(alpha.length);
  const [middle, down] = [foot.left + foot.width / 2, foot.bottom + SIDE * 0.05 * random()];
  for (let y = 0, pixel = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++, pixel++) {
      const [u, v] = [(x - middle) / (0.45 * foot.width), (y - down) / (0.018 * SIDE)];
      if (u * u + v * v < 1) contact[pixel] = 255;
    }
  }
  if (background !== 'dark' && background !== 'teal') darken(light, await blurred(contact, 14), 0.45);
  if (background === 'hardshadow') {
    const thrown = Buffer.alloc(alpha.length);
    const shift = (10 + Math.round(14 * random())) * SIDE + 16 + Math.round(14 * random());
    alpha.copy(thrown, shift);
    darken(light, await blurred(thrown, 2.5 + 2 * random()), 0.3 + 0.2 * random());
  }
  return light;
}

function darken(light: Float32Array, shadow: Buffer, depth: number): void {
  for (let pixel = 0; pixel < light.length; pixel++) {
    light[pixel] = (light[pixel] ?? 1) * (1 - (depth * (shadow[pixel] ?? 0)) / 255);
  }
}

function map(data: Buffer) {
  return sharp(data, { raw: { width: SIDE, height: SIDE, channels: 1 } });
}

function blurred(data: Buffer, sigma: number): Promise<Buffer> {
  return map(data).blur(sigma).toColourspace('b-w').raw().toBuffer();
}

function noise(random: () => number): Buffer {
  return Buffer.from(Uint8Array.from({ length: SIDE * SIDE }, () => 128 + 110 * (random() - 0.5)));
}

/** Xorshift: 0 to 1, the same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = Math.imul(seed, 2654435761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 4294967296;
  };
}
