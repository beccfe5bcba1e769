import { type Box, onPicture, type Raster, withMargin } from '../raster/raster.ts';
import type { Product } from '../segment/product/find-product.ts';
import type { Segmentation } from '../segment/segmentation.ts';

/** The frame that a product is placed in. Shares are of the frame's sides. */
export interface Frame {
  width: number;
  height: number;
  /** Share that the product's box takes of the side it fills first. */
  fill: number;
  /** Least such share; a shadow that leaves less is dropped. */
  minFill: number;
  /** Share that nothing, not even a shadow, may exceed. */
  maxReach: number;
  /**
   * Leave a picture whole whose "product" runs from one edge to the opposite one: in a photo that is a shelf, a floor
   * or the joints of a table, unless it stands on white. A model's reply may well show a belt.
   */
  refuseSpanning?: boolean;
  /** Clear the picture's own shadow whole: for photos; a model's soft ones are worth keeping. */
  dropShadow?: boolean;
  /** Take a picture that already is the wanted packshot as it is, instead of cutting it out anew. */
  takeClean?: boolean;
}

/** Share of its frame that the local engine's product fills, as every profile asks. */
export const PACKSHOT_FILL = 0.85;

/** What is cut out of a picture, and where in its frame it goes. */
export interface Place {
  /** The part of the picture. */
  area: Box;
  /** Pixels that the area takes in the frame. */
  width: number;
  height: number;
  /** Where its top left corner goes; it may lie outside the frame by a few white pixels. */
  left: number;
  top: number;
  /** Whether the product's own shadow comes along. */
  keepShadow: boolean;
}

/** Centres a product in its frame, as large as the frame wants it. */
export function placeInFrame(
  product: Product,
  segmentation: Segmentation,
  picture: Raster,
  frame: Frame,
): Place {
  const box = onPicture(product.box, segmentation, picture);
  const reach = onPicture(product.reach, segmentation, picture);
  const wanted = scaleTo(box, frame.fill, frame);
  const roomy = Math.min(wanted, scaleTo(reach, frame.maxReach, frame));
  // A shadow so long that the product would have to shrink below its least share is left out instead.
  const keepShadow = roomy >= wanted * (frame.minFill / frame.fill);
  const scale = keepShadow ? roomy : wanted;
  const extent = keepShadow ? reach : box;
  // Two map pixels more than the reach, so that the outline's outermost mixed pixels come along.
  const area = withMargin(extent, Math.ceil((2 * picture.width) / segmentation.width), picture);
  return {
    area,
    width: Math.max(1, Math.round(area.width * scale)),
    height: Math.max(1, Math.round(area.height * scale)),
    left: position(frame, frame.width, scale, area.left, [box.left, box.width], [extent.left, extent.width]),
    top: position(frame, frame.height, scale, area.top, [box.top, box.height], [extent.top, extent.height]),
    keepShadow,
  };
}

/** By how much a box is to be scaled to take that share of the frame. */
export function scaleTo(box: { width: number; height: number }, share: number, frame: Frame): number {
  return Math.min((share * frame.width) / box.width, (share * frame.height) / box.height);
}

/** Centres the product's box, then moves it just far enough that its shadow stays clear of the frame too. */
function position(
  frame: Frame,
  side: number,
  scale: number,
  areaStart: number,
  [boxStart, boxLength]: [number, number],
  [start, length]: [number, number],
): number {
  const centred = side / 2 - (boxStart + boxLength / 2) * scale;
  const margin = ((1 - frame.maxReach) / 2) * side;
  const least = margin - start * scale;
  const most = side - margin - (start + length) * scale;
  const origin = least > most ? (least + most) / 2 : Math.min(most, Math.max(least, centred));
  return Math.round(origin + areaStart * scale);
}
