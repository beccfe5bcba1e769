import { doubtCut } from '../finish/doubt-cut.ts';
import { findGround, type Ground } from '../finish/find-ground.ts';
import { findProduct, type Product } from '../finish/find-product.ts';
import { isScene } from '../finish/is-scene.ts';
import type { Raster } from '../finish/raster.ts';

/** A picture's ground, and what stands on it once that was found. */
export interface Sight {
  ground: Ground;
  /** `null` on an empty ground. */
  product: Product | null;
  /** Whether the product was cut out whole and without doubt, so that its shape can be trusted. */
  isClear: boolean;
}

/** How a picture is looked at: `null` for a scene without a ground. */
export type LookAt = (picture: Raster) => Sight | null;

/** Looking takes most of a comparison, and several of its parts ask: each picture is looked at once. */
export function createLookAt(): LookAt {
  const known = new Map<Raster, Sight | null>();
  return (picture) => {
    if (!known.has(picture)) known.set(picture, look(picture));
    return known.get(picture) ?? null;
  };
}

function look(picture: Raster): Sight | null {
  const ground = findGround(picture);
  if (!ground) return null;
  const isTexture = isScene(ground);
  const product = findProduct(ground);
  const isClear = product !== null && !isTexture && product.touches.length === 0 && doubtCut(ground) === null;
  return { ground, product, isClear };
}
