import { PATCH_SIDE, type ProductPatch } from './product-patch.ts';

/** Which way a patch is laid upon another: turned clockwise in quarters, and mirrored before that. */
export interface Turn {
  quarters: 0 | 1 | 2 | 3;
  isMirrored: boolean;
}

export const UPRIGHT: Turn = { quarters: 0, isMirrored: false };

export interface Likeness {
  /** 0–1; cells that both shapes cover, as a share of the cells that either covers. */
  overlap: number;
  /** −1 to 1; correlation of lightness over the common cells, whatever the exposure. */
  structure: number;
  /** Mean difference in levels once exposure and white balance are evened out. */
  difference: number;
  /** Mean over the common cells of the largest change of a difference between two channels, in levels: the hue, without the lightness. */
  tint: number;
  /** Mean spread of the other's channels, in levels: how coloured it is. */
  coloured: number;
  /** Factor by which the other's light was multiplied to even out the exposure. */
  light: number;
}

/** How two patches are laid upon each other. What comes of it is measured in `check-likeness.ts`. */
const THRESHOLDS = {
  /** Share of a cell that is product, below which the cell is outline and not compared. */
  solid: 0.5,
  /** Cells by which one patch may be off: a box is exact to about one. */
  shift: 1,
  /** Factor by which an answer may be lighter or darker than its photo. */
  mostLight: 1.7,
  /** Factor by which one channel may be stronger or weaker besides: white balance. */
  mostCast: 1.25,
};

/** How much a product looks like another one under some turn, where they fit best. */
export function patchLikeness(one: ProductPatch, other: ProductPatch, turn: Turn): Likeness {
  const laid = laidOut(other, turn);
  let best: Likeness | null = null;
  for (let dy = -THRESHOLDS.shift; dy <= THRESHOLDS.shift; dy++) {
    for (let dx = -THRESHOLDS.shift; dx <= THRESHOLDS.shift; dx++) {
      const likeness = compareAt(one, laid, dx, dy);
      if (!best || likeness.difference < best.difference) best = likeness;
    }
  }
  return best as Likeness;
}

type Laid = Pick<ProductPatch, 'rgb' | 'cover'>;

function laidOut({ rgb, cover }: ProductPatch, { quarters, isMirrored }: Turn): Laid {
  if (quarters === 0 && !isMirrored) return { rgb, cover };
  const last = PATCH_SIDE - 1;
  const laid = { rgb: new Float32Array(rgb.length), cover: new Float32Array(cover.length) };
  for (let y = 0, to = 0; y < PATCH_SIDE; y++) {
    for (let x = 0; x < PATCH_SIDE; x++, to++) {
      let [u, v] = [x, y];
      for (let quarter = 0; quarter < quarters; quarter++) [u, v] = [v, last - u];
      const from = v * PATCH_SIDE + (isMirrored ? last - u : u);
      laid.cover[to] = cover[from];
      for (let c = 0; c < 3; c++) laid.rgb[to * 3 + c] = rgb[from * 3 + c];
    }
  }
  return laid;
}

/** Pairs of levels that lie upon each other: filled anew for every place. */
const ours = new Float32Array(PATCH_SIDE * PATCH_SIDE * 3);
const theirs = new Float32Array(PATCH_SIDE * PATCH_SIDE * 3);

function compareAt(one: Laid, other: Laid, dx: number, dy: number): Likeness {
  let common = 0;
  let either = 0;
  for (let y = 0, cell = 0; y < PATCH_SIDE; y++) {
    const v = y + dy;
    for (let x = 0; x < PATCH_SIDE; x++, cell++) {
      const u = x + dx;
      const isInside = u >= 0 && v >= 0 && u < PATCH_SIDE && v < PATCH_SIDE;
      const beside = v * PATCH_SIDE + u;
      const here = one.cover[cell] >= THRESHOLDS.solid;
      const there = isInside && other.cover[beside] >= THRESHOLDS.solid;
      if (here || there) either++;
      if (!here || !there) continue;
      for (let c = 0; c < 3; c++) {
        ours[common * 3 + c] = one.rgb[cell * 3 + c];
        theirs[common * 3 + c] = other.rgb[beside * 3 + c];
      }
      common++;
    }
  }
  const light = evenOut(common);
  return { overlap: common / Math.max(1, either), light, ...differences(common) };
}

/** Multiplies `theirs` by the light that brings both together, as far as light goes. */
function evenOut(count: number): number {
  const gains = [0, 1, 2].map((c) => sumOf(ours, c, count) / Math.max(1, sumOf(theirs, c, count)));
  const light = bounded(gains[0] + gains[1] + gains[2], 3, THRESHOLDS.mostLight);
  for (let c = 0; c < 3; c++) {
    const gain = light * bounded(gains[c] / light, 1, THRESHOLDS.mostCast);
    for (let i = c; i < count * 3; i += 3) theirs[i] = Math.min(255, theirs[i] * gain);
  }
  return light;
}

function bounded(value: number, per: number, most: number): number {
  return Math.max(1 / most, Math.min(most, value / per));
}

function sumOf(values: Float32Array, channel: number, count: number): number {
  let sum = 0;
  for (let i = channel; i < count * 3; i += 3) sum += values[i];
  return sum;
}

function differences(count: number): Omit<Likeness, 'overlap' | 'light'> {
  let [difference, tint, coloured, x1, y1, xx, yy, xy] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < count * 3; i += 3) {
    const [r, g, b] = [ours[i], ours[i + 1], ours[i + 2]];
    const [red, green, blue] = [theirs[i], theirs[i + 1], theirs[i + 2]];
    difference += Math.abs(r - red) + Math.abs(g - green) + Math.abs(b - blue);
    tint += Math.max(
      Math.abs(r - g - red + green),
      Math.abs(g - b - green + blue),
      Math.abs(b - r - blue + red),
    );
    coloured += Math.max(red, green, blue) - Math.min(red, green, blue);
    const [x, y] = [r + g + b, red + green + blue];
    x1 += x;
    y1 += y;
    xx += x * x;
    yy += y * y;
    xy += x * y;
  }
  const n = Math.max(1, count);
  const spread = Math.sqrt(Math.max(0, xx - (x1 * x1) / n) * Math.max(0, yy - (y1 * y1) / n));
  return {
    difference: difference / (3 * n),
    tint: tint / n,
    coloured: coloured / n,
    structure: spread > 0 ? (xy - (x1 * y1) / n) / spread : 0,
  };
}
