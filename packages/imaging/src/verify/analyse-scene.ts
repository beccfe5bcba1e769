import type { Raster } from '../raster/raster.ts';
import { segmentBackground } from '../segment/background/segment-background.ts';
import { doubtCut } from '../segment/doubt/doubt-cut.ts';
import { isScene } from '../segment/doubt/is-scene.ts';
import { findProduct, type Product } from '../segment/product/find-product.ts';
import { segmentProduct } from '../segment/segment-product.ts';
import type { Segmentation } from '../segment/segmentation.ts';

/** A picture's ground, and what stands on it once that was found. */
export interface Scene {
  ground: Segmentation;
  /** `null` on an empty ground. */
  product: Product | null;
  /** Whether the product was cut out whole and without doubt, so that its shape can be trusted. */
  isClear: boolean;
}

/** How a picture is looked at: `null` for a scene without a ground. */
export type AnalyseScene = (picture: Raster) => Scene | null;

/** Looking takes most of a comparison, and several of its parts ask: each picture is looked at once. */
export function createSceneAnalysis(): AnalyseScene {
  const known = new Map<Raster, Scene | null>();
  return (picture) => {
    if (!known.has(picture)) known.set(picture, look(picture));
    return known.get(picture) ?? null;
  };
}

function look(picture: Raster): Scene | null {
  const background = segmentBackground(picture);
  if (!background) return null;
  const isTexture = isScene(background);
  const ground = segmentProduct(background, { shadow: 'keep' });
  const product = findProduct(ground);
  const isClear = product !== null && !isTexture && product.touches.length === 0 && doubtCut(ground) === null;
  return { ground, product, isClear };
}
