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

/** How two patches are laid upon each other. What comes of it is measured in `check-likeness.ts`; halved and doubled over 45 right and 91 wrong answers of `npm run bench -- answers`, 58 of which are called wrong. */
const THRESHOLDS = {
  /** Share of a cell that is product, below which the cell is outline and not compared. Halved or doubled, one of the 58 is missed. */
  solid: 0.5,
  /** Cells by which one patch may be off: a box is exact to about one. Doubled, nothing changes, for nearly three times the time. */
  shift: 1,
  /** Factor by which an answer may be lighter or darker than its photo. Right answers measured 0.78 to 1.18. Halved, which leaves no room, 5 of the 58 are missed and 2 right ones called wrong; doubled, nothing changes. */
  mostLight: 1.7,
  /** Factor by which one channel may be stronger or weaker besides: white balance. Halved, which leaves no room, 4 of the 58 are missed and a right one is called wrong; doubled, a hue off by 180° is missed. */
  mostCast: 1.25,
};

/** How much a product looks like another one under some turn, where they fit best. */
export function patchLikeness(one: ProductPatch, other: ProductPatch, turn: Turn): Likeness {
  const laid = laidOut(other, turn);
  let best = { difference: Number.POSITIVE_INFINITY, dx: 0, dy: 0 };
  for (let dy = -THRESHOLDS.shift; dy <= THRESHOLDS.shift; dy++) {
    for (let dx = -THRESHOLDS.shift; dx <= THRESHOLDS.shift; dx++) {
      const difference = meanDifference(layUpon(one, laid, dx, dy).common);
      if (difference < best.difference) best = { difference, dx, dy };
    }
  }
  const { difference, dx, dy } = best;
  const { common, either, light } = layUpon(one, laid, dx, dy);
  return { overlap: common / Math.max(1, either), light, difference, ...comparedColours(common) };
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

/** Fills the pairs of cells that are product in both, the exposure evened out; says how many they are, and how many are in one. */
function layUpon(one: Laid, other: Laid, dx: number, dy: number) {
  let common = 0;
  let either = 0;
  for (let y = 0, cell = 0; y < PATCH_SIDE; y++) {
    const v = y + dy;
    const isRow = v >= 0 && v < PATCH_SIDE;
    for (let x = 0; x < PATCH_SIDE; x++, cell++) {
      const u = x + dx;
      const beside = v * PATCH_SIDE + u;
      const here = one.cover[cell] >= THRESHOLDS.solid;
      const there = isRow && u >= 0 && u < PATCH_SIDE && other.cover[beside] >= THRESHOLDS.solid;
      if (here || there) either++;
      if (!here || !there) continue;
      const [to, i, k] = [common * 3, cell * 3, beside * 3];
      ours[to] = one.rgb[i];
      ours[to + 1] = one.rgb[i + 1];
      ours[to + 2] = one.rgb[i + 2];
      theirs[to] = other.rgb[k];
      theirs[to + 1] = other.rgb[k + 1];
      theirs[to + 2] = other.rgb[k + 2];
      common++;
    }
  }
  return { common, either, light: evenOut(common) };
}

/** Multiplies `theirs` by the light that brings both together, as far as light goes. */
function evenOut(count: number): number {
  const [own, others] = [sumsOf(ours, count), sumsOf(theirs, count)];
  const gains = [0, 1, 2].map((c) => own[c] / Math.max(1, others[c]));
  const light = bounded(gains[0] + gains[1] + gains[2], 3, THRESHOLDS.mostLight);
  const [red, green, blue] = gains.map((gain) => light * bounded(gain / light, 1, THRESHOLDS.mostCast));
  for (let i = 0; i < count * 3; i += 3) {
    theirs[i] = Math.min(255, theirs[i] * red);
    theirs[i + 1] = Math.min(255, theirs[i + 1] * green);
    theirs[i + 2] = Math.min(255, theirs[i + 2] * blue);
  }
  return light;
}

function bounded(value: number, per: number, most: number): number {
  return Math.max(1 / most, Math.min(most, value / per));
}

function sumsOf(values: Float32Array, count: number): [number, number, number] {
  let [red, green, blue] = [0, 0, 0];
  for (let i = 0; i < count * 3; i += 3) {
    red += values[i];
    green += values[i + 1];
    blue += values[i + 2];
  }
  return [red, green, blue];
}

function meanDifference(count: number): number {
  let sum = 0;
  for (let i = 0; i < count * 3; i += 3) {
    const red = Math.abs(ours[i] - theirs[i]);
    const green = Math.abs(ours[i + 1] - theirs[i + 1]);
    const blue = Math.abs(ours[i + 2] - theirs[i + 2]);
    sum += red + green + blue;
  }
  return sum / (3 * Math.max(1, count));
}

function comparedColours(count: number): Pick<Likeness, 'structure' | 'tint' | 'coloured'> {
  let [tint, coloured, x1, y1, xx, yy, xy] = [0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < count * 3; i += 3) {
    const [r, g, b] = [ours[i], ours[i + 1], ours[i + 2]];
    const [red, green, blue] = [theirs[i], theirs[i + 1], theirs[i + 2]];
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
    tint: tint / n,
    coloured: coloured / n,
    structure: spread > 0 ? (xy - (x1 * y1) / n) / spread : 0,
  };
}
