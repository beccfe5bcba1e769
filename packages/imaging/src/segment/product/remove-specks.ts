import type { Background } from '../background/background.ts';
import { connectedComponents } from '../mask/connected-components.ts';
import { partOfMask } from '../mask/part-of-mask.ts';
import { type Segmentation, withOwnMask } from '../segmentation.ts';
import { isSoftRegion } from './is-soft-region.ts';

/** Islands of fewer map pixels are dust or noise, unless they differ as clearly as a small part would. */
const DUST_PIXELS = 6;
/** An island fainter than this share of the product's contrast is a stain of the background. */
const FAINT = 0.3;
/** Levels above the tolerance from which on an island may be a part of the product. */
const MOST_FAINT = 12;
/** Map pixels of a pale part that lies apart, and the step of its outline in levels. */
const LEAST_PART = 40;
const CLEAR_STEP = 6;
/** A background with so much unevenness is cloth, wood or carpet, and leaves crumbs of up to this share of the product. */
const ROUGH = 18;
const LARGEST_CRUMB = 0.0005;

interface Island {
  /** Its map pixels. */
  pixels: Int32Array;
  /** Mean and largest difference from the background. */
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
    const dust = island.pixels.length < DUST_PIXELS && (island.pixels.length < 2 || island.peak < 80);
    const isStain =
      main !== null &&
      island !== main &&
      weight(island) < 0.2 * weight(main) &&
      // A corner that falls off more than the fitted background does may be fairly strong, but lies on the border.
      island.mean < (island.onBorder ? 2 * FAINT : FAINT) * main.mean &&
      !isPart(island, background);
    const isCrumb =
      main !== null &&
      background.tolerance >= ROUGH &&
      island.pixels.length < LARGEST_CRUMB * main.pixels.length;
    if (dust || isStain || isCrumb) for (const pixel of island.pixels) background.mask[pixel] = 1;
  }
  return background;
}

/** A stain fades into its background; a pale knob or cable beside a dark product has an outline. */
function isPart({ pixels, mean, onBorder }: Island, background: Background): boolean {
  if (onBorder || pixels.length < LEAST_PART || mean < background.tolerance + MOST_FAINT) return false;
  return !isSoftRegion(pixels, background, CLEAR_STEP);
}

function islandsOf({ width, height, mask, distance }: Background): Island[] {
  const rim = rimOf(width, height);
  return connectedComponents(partOfMask(mask, 0), width, { diagonally: true }).map((pixels) => {
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
  });
}

/** 1 on the outermost pixels. */
function rimOf(width: number, height: number): Uint8Array {
  const rim = new Uint8Array(width * height);
  rim.fill(1, 0, width);
  rim.fill(1, width * (height - 1));
  for (let row = 0; row < rim.length; row += width) rim[row] = rim[row + width - 1] = 1;
  return rim;
}
