import type { Check } from '@image-studio/contract';
import type { Raster } from '../raster/raster.ts';
import type { Scene } from '../segment/analyse-scene.ts';

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
  /** What can only be judged on the model's picture: afterwards everything stands on white. */
  checks: Check[];
  /** What was repaired, by the rule that would have failed. */
  notes: Partial<Record<string, string>>;
  /** What the model's picture shows, shadow kept; `undefined` where composing did not need to know. */
  scene: Scene | null | undefined;
  /** Part of the model's picture that the product took, by its longer side; where a product was found. */
  productShare: number | undefined;
  /** Edges of the model's picture at which the product is cut off. */
  cutAt: string[];
}
