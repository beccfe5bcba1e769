import type { Raster } from '../raster/raster.ts';
import type { Scene } from '../segment/analyse-scene.ts';
import type { Findings } from './place-on-white.ts';

declare const composed: unique symbol;

/** The picture as it will be listed, at its exact size, before it is encoded. Only what composes makes one. */
export interface Composition extends Raster {
  readonly [composed]: true;
}

export function compositionOf(picture: Raster): Composition {
  return picture as Composition;
}

/** A composition, and what only the picture that it was made from could tell. */
export interface Composed {
  frame: Composition;
  /** What the model's picture shows, shadow kept; `undefined` where composing did not need to know. */
  scene: Scene | null | undefined;
  /** What placing its product found; `null` for a secondary picture, which is placed whole. */
  findings: Findings | null;
}
