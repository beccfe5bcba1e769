import type { Background } from './background/background.ts';

/** In a mask, where the background lies in the product's soft shadow. */
export const SHADOW = 2;

declare const segmented: unique symbol;

/**
 * A background on which every pixel is decided: 0 in `mask` is product, 1 background, `SHADOW` the product's shadow. Made by
 * `segmentProduct` alone, so that nobody measures or cuts out what the passes have not seen.
 */
export interface Segmentation extends Background {
  readonly [segmented]: true;
}

/** Decides anew what some of the pixels are. Returns a segmentation of its own, or the same one when nothing changes. */
export type MaskPass = (before: Segmentation) => Segmentation;

/** Where the passes begin: everything that is not background counts as product. */
export function unsegmented(background: Background): Segmentation {
  return background as Segmentation;
}

/** A segmentation with a mask of its own, for a pass to write into. */
export function withOwnMask<State extends Background>(before: State): State {
  return { ...before, mask: before.mask.slice() };
}

/** A segmentation with a mask, colour and distance of its own, for a pass that also changes the background's colour. */
export function withOwnColour<State extends Background>(before: State): State {
  const { mask, colour, distance } = before;
  return { ...before, mask: mask.slice(), colour: colour.slice(), distance: distance.slice() };
}
