/** One colour of a picture in CIELAB (D65), and the share of the looked-at pixels that have it. */
export interface Swatch {
  l: number;
  a: number;
  b: number;
  /** Distance from grey. */
  chroma: number;
  /** Degrees; meaningless for greys. */
  hue: number;
  share: number;
}

/** Colours this near to each other count as one swatch. */
const STEP = { l: 12, ab: 8 };

/** Of larger maps every fifth pixel is read: shares stay within half a per cent, for a fifth of the time. */
const MANY = 40_000;
const STRIDE = 5;

/**
 * The colours of those pixels that `includes` names, as a coarse histogram: mean colour and share of each cell.
 * `gains` multiplies the channels first, in linear light: a correction of the white balance.
 */
export function paletteOf(
  rgb: Uint8Array,
  includes: (pixel: number) => boolean,
  gains: readonly [number, number, number] = [1, 1, 1],
): Swatch[] {
  const cells = new Map<number, [count: number, l: number, a: number, b: number]>();
  let total = 0;
  const pixels = rgb.length / 3;
  const step = pixels > MANY ? STRIDE : 1;
  for (let pixel = 0; pixel < pixels; pixel += step) {
    if (!includes(pixel)) continue;
    const i = pixel * 3;
    const [l, a, b] = labOf(
      linear(rgb[i]) * gains[0],
      linear(rgb[i + 1]) * gains[1],
      linear(rgb[i + 2]) * gains[2],
    );
    const key =
      (Math.round(l / STEP.l) * 64 + Math.round(a / STEP.ab) + 32) * 64 + Math.round(b / STEP.ab) + 32;
    const cell = cells.get(key);
    if (cell) {
      cell[0]++;
      cell[1] += l;
      cell[2] += a;
      cell[3] += b;
    } else cells.set(key, [1, l, a, b]);
    total++;
  }
  return [...cells.values()].map(([count, l, a, b]) =>
    swatch(l / count, a / count, b / count, count / total),
  );
}

function swatch(l: number, a: number, b: number, share: number): Swatch {
  return { l, a, b, chroma: Math.hypot(a, b), hue: (Math.atan2(b, a) * 180) / Math.PI, share };
}

/** How different two colours look when the light may differ: lightness counts a third of what hue and chroma do. */
export function difference(one: Swatch, other: Swatch): number {
  const l = (one.l - other.l) / 3;
  const a = one.a - other.a;
  const b = one.b - other.b;
  return Math.sqrt(l * l + a * a + b * b);
}

/** Degrees between two hues, 0–180. */
export function hueDifference(one: Swatch, other: Swatch): number {
  const degrees = Math.abs(one.hue - other.hue);
  return degrees > 180 ? 360 - degrees : degrees;
}

const LINEAR = Float64Array.from({ length: 256 }, (_, value) => {
  const v = value / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
});

/** sRGB byte → linear light. */
function linear(byte: number | undefined): number {
  return LINEAR[byte ?? 0];
}

function labOf(red: number, green: number, blue: number): [number, number, number] {
  const x = curve((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505);
  const y = curve(0.2126 * red + 0.7152 * green + 0.0722 * blue);
  const z = curve((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089);
  return [Math.max(0, 116 * y - 16), 500 * (x - y), 200 * (y - z)];
}

function curve(value: number): number {
  return value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116;
}
