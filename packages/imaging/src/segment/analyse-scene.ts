import { crop, onPicture, overWhite, type Raster, withMargin } from '../raster/raster.ts';
import type { Background } from './background/background.ts';
import { segmentBackground } from './background/segment-background.ts';
import { DOUBTS, firstDoubt } from './doubt/doubts.ts';
import { isScene } from './doubt/is-scene.ts';
import { segmentProduct } from './passes.ts';
import { findProduct, type Product } from './product/find-product.ts';
import type { Segmentation } from './segmentation.ts';

/** A picture's background, and what stands on it. */
export interface Scene {
  /** Before the passes decided what is product. */
  background: Background;
  segmentation: Segmentation;
  /** `null` on an empty background. */
  product: Product | null;
}

/**
 * Segments a picture and finds its product; `null` for a picture whose border has no common colour. `part` is the share of the
 * original picture that this one shows, if it was cropped.
 */
export function analyseScene(
  picture: Raster,
  { shadow, part = 1 }: { shadow: 'keep' | 'remove'; part?: number },
): Scene | null {
  const background = segmentBackground(picture, part);
  if (!background) return null;
  const segmentation = segmentProduct(background, { shadow });
  return { background, segmentation, product: findProduct(segmentation) };
}

/** A picture and the product on it. */
export interface Subject {
  picture: Raster;
  segmentation: Segmentation;
  product: Product;
}

/** A product that covers less of the map than this is measured once more on a map of its surroundings alone. */
const SMALL = 0.25;

/** The product on a map of its own: on a map of the whole picture a small one is a few pixels large and its box wrong by a tenth. */
export function lookCloser(
  whole: Raster,
  { segmentation }: Scene,
  product: Product,
  { shadow }: { shadow: 'keep' | 'remove' },
): Subject {
  const picture = segmentation.fromAlpha ? whole : overWhite(whole);
  const far = { picture, segmentation, product };
  const { reach } = product;
  if (Math.max(reach.width / segmentation.width, reach.height / segmentation.height) > SMALL) return far;
  const box = onPicture(reach, segmentation, picture);
  const around = withMargin(box, Math.ceil(Math.max(box.width, box.height) / 4), picture);
  const cropped = crop(picture, around);
  const part = Math.max(cropped.width, cropped.height) / Math.max(picture.width, picture.height);
  const near = analyseScene(cropped, { shadow, part });
  if (!near?.product) return far;
  return { picture: cropped, segmentation: near.segmentation, product: near.product };
}

/** Whether the product was cut out whole and without doubt, so that its shape can be trusted. Takes 5 to 10 CPU ms. */
export function isClear({ background, segmentation, product }: Scene): boolean {
  if (!product || product.touches.length > 0) return false;
  return !isScene(background) && firstDoubt(segmentation, DOUBTS) === null;
}
