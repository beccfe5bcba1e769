import type { Background } from '../background/background.ts';
import { connectedComponents } from '../mask/connected-components.ts';
import { partOfMask } from '../mask/mask-pixels.ts';
import { type Segmentation, withOwnMask } from '../segmentation.ts';

/**
 * What tells dust, stains and crumbs from small parts of a product. "Of 184": photos that are cut otherwise when the number is halved and
 * when it is doubled, 160 of them with a known cut-out.
 */
const THRESHOLDS = {
  /** Map pixels below which an island is dust or noise, unless it differs as clearly as a small part would. 11 and 7 of 184, none righter or wronger. */
  dustPixels: 6,
  /** Levels of the largest difference from which on a few pixels are a small part. Dirt of so few pixels measured up to 63, parts up to 129. */
  partPeak: 80,
  /** Share of the product's weight (pixels × mean difference) up to which an island can be a stain. Dirt measured up to 0.19; without any, 17 of 184 keep dirt. */
  stainShare: 0.2,
  /** Share of the product's mean difference below which an island is a stain of the background; twice that on the picture's border, where light falls off more than the fitted colour does. 14 (one right cut less) and 13 of 184; on the border dirt measured up to 0.59. */
  faint: 0.3,
  /** Levels above the tolerance from which on a faint island may be a part of the product. 3 (one right cut less) and 2 of 184. */
  partLevels: 12,
  /** Map pixels that such a part has at least. 5 and 3 of 184, none righter or wronger. */
  partPixels: 40,
  /** Levels of the step at such a part's outline: a stain fades into its background, a pale knob or cable has an outline. 0 and 3 of 184, none righter or wronger. */
  partStep: 6,
  /** Tolerance in levels from which on a background is cloth, wood or carpet and leaves crumbs. Even backgrounds measured 3.5 to 5, cloth 24.5 and more; doubled, six photos of the catalogue keep crumbs. */
  rough: 18,
  /** Share of the product's pixels below which an island on such a background is a crumb. 10 and 8 of 184; 19 of 20 crumbs measured up to 0.0003, without a bound five right cuts lose parts. */
  crumbShare: 0.0005,
  /** Of a region that fades into its background. Half and twice change none of 184, but without this and `stainShare` a blurred answer is framed otherwise (golden.test.ts). */
  soft: {
    /** Share of hard contact with the lit background that a shadow or a pool of light may have: dust, ringing. */
    mostHard: 0.12,
    /** Map pixels beside the region within which its background may lie: an outline is blurred. */
    outline: 3,
  },
};

interface Island {
  /** The island's map pixels. */
  pixels: Int32Array;
  /** Mean and largest difference from the background, in levels. */
  mean: number;
  peak: number;
  onBorder: boolean;
}

/** Turns dust and stains into background: islands too small, or too faint beside the product, to be a part of it. */
export function removeSpecks(before: Segmentation): Segmentation {
  const background = withOwnMask(before);
  const islands = islandsOf(background);
  const weight = ({ pixels, mean }: Island): number => pixels.length * mean;
  const main = islands.reduce<Island | null>(
    (best, one) => (best && weight(best) >= weight(one) ? best : one),
    null,
  );
  for (const island of islands) {
    const dust =
      island.pixels.length < THRESHOLDS.dustPixels &&
      (island.pixels.length < 2 || island.peak < THRESHOLDS.partPeak);
    const isStain =
      main !== null &&
      island !== main &&
      weight(island) < THRESHOLDS.stainShare * weight(main) &&
      // A corner that falls off more than the fitted background does may be fairly strong, but lies on the border.
      island.mean < (island.onBorder ? 2 * THRESHOLDS.faint : THRESHOLDS.faint) * main.mean &&
      !isPart(island, background);
    const isCrumb =
      main !== null &&
      background.tolerance >= THRESHOLDS.rough &&
      island.pixels.length < THRESHOLDS.crumbShare * main.pixels.length;
    if (dust || isStain || isCrumb) for (const pixel of island.pixels) background.mask[pixel] = 1;
  }
  return background;
}

/** A stain fades into its background; a pale knob or cable beside a dark product has an outline. */
function isPart({ pixels, mean, onBorder }: Island, background: Background): boolean {
  if (
    onBorder ||
    pixels.length < THRESHOLDS.partPixels ||
    mean < background.tolerance + THRESHOLDS.partLevels
  )
    return false;
  return !isSoftRegion(pixels, background, THRESHOLDS.partStep);
}

/**
 * Whether a region of changed light fades into the background wherever it borders on it. A pale product is entered where
 * its outline happens to have the background's colour, but elsewhere its outline is a step.
 */
function isSoftRegion(region: Int32Array, { rgb, mask, width }: Background, hardStep: number): boolean {
  const inside = new Uint8Array(mask.length);
  for (const pixel of region) inside[pixel] = 1;
  let contacts = 0;
  let hard = 0;
  for (const pixel of region) {
    const x = pixel % width;
    for (const way of [-1, 1, -width, width]) {
      if (inside[pixel + way] !== 0) continue;
      // Beyond the map's sides lies another row.
      const room = way === -1 ? x : way === 1 ? width - 1 - x : THRESHOLDS.soft.outline;
      for (let steps = 1; steps <= Math.min(THRESHOLDS.soft.outline, room); steps++) {
        const other = pixel + steps * way;
        if (mask[other] !== 1 || inside[other] === 1) continue;
        contacts++;
        if (differs(rgb, pixel, other, hardStep + steps - 1)) hard++;
        break;
      }
    }
  }
  return contacts > 0 && hard <= THRESHOLDS.soft.mostHard * contacts;
}

function differs(rgb: Uint8Array, a: number, b: number, levels: number): boolean {
  for (let c = 0; c < 3; c++) {
    if (Math.abs(rgb[a * 3 + c] - rgb[b * 3 + c]) > levels) return true;
  }
  return false;
}

function islandsOf({ width, height, mask, distance }: Background): Island[] {
  const rim = rimOf(width, height);
  const regions = connectedComponents(partOfMask(mask, 0), width, { diagonally: true });
  return regions.map((pixels) => islandOf(pixels, distance, rim));
}

function islandOf(pixels: Int32Array, distance: Uint8Array, rim: Uint8Array): Island {
  let sum = 0;
  let peak = 0;
  let onBorder = false;
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i];
    const value = distance[pixel];
    sum += value;
    if (value > peak) peak = value;
    if (rim[pixel] === 1) onBorder = true;
  }
  return { pixels, mean: sum / pixels.length, peak, onBorder };
}

/** 1 on the outermost pixels. */
function rimOf(width: number, height: number): Uint8Array {
  const rim = new Uint8Array(width * height);
  rim.fill(1, 0, width);
  rim.fill(1, width * (height - 1));
  for (let row = 0; row < rim.length; row += width) rim[row] = rim[row + width - 1] = 1;
  return rim;
}
