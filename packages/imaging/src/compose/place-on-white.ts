import sharp from 'sharp';
import { overWhite } from '../raster/over-white.ts';
import type { Box, Raster } from '../raster/raster.ts';
import { segmentBackground } from '../segment/background/segment-background.ts';
import { doubtCut } from '../segment/doubt/doubt-cut.ts';
import { isScene } from '../segment/doubt/is-scene.ts';
import { secondOpinion } from '../segment/doubt/second-opinion.ts';
import { cutOffSides } from '../segment/product/cut-off-sides.ts';
import { fillsTheFrame } from '../segment/product/fills-the-frame.ts';
import { findProduct, type Product } from '../segment/product/find-product.ts';
import { segmentProduct } from '../segment/segment-product.ts';
import type { Segmentation } from '../segment/segmentation.ts';
import { SHADOW } from '../segment/shadows/mark-shadow.ts';
import { type CutOut, cutOut } from './cut-out.ts';
import { PACKSHOT_FILL } from './packshot-fill.ts';
import { takeCleanPackshot } from './take-clean-packshot.ts';

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

/** A product ready to be painted into a white frame. */
export interface Placement {
  cutOut: CutOut;
  /** Where the cut-out's top left corner goes; it may lie outside the frame by a few white pixels. */
  left: number;
  top: number;
  /**
   * - `lifted`: a ground was found and made white.
   * - `plain`: the picture is one colour from edge to edge; placed whole.
   * - `scene`: the picture has no ground; placed whole.
   * - `empty`: nothing but white.
   */
  background: 'lifted' | 'plain' | 'scene' | 'empty';
  /** The photo's own shadow came along. */
  hasShadow: boolean;
  /** The ground's mean colour before it was lifted. */
  groundColour?: [number, number, number];
  /** Share of the picture's sides that the product took before. */
  fillBefore?: number;
  /** Why the cut-out may be a poor one, in words; nothing when there is no doubt. */
  doubt?: string;
  /** Sides of the picture that the product reaches. */
  touches: Product['touches'];
  /** Those of them beyond which it goes on. */
  cutOff: Product['touches'];
}

/** Finds the product, frees it from its ground and works out where it goes so that it is centred and fills the frame. */
export async function placeOnWhite(picture: Raster, frame: Frame): Promise<Placement> {
  const background = segmentBackground(picture);
  if (!background) return placeWhole(picture, frame, 'scene');
  const ground = segmentProduct(background, { shadow: frame.dropShadow ? 'remove' : 'keep' });
  const product = findProduct(ground);
  if (!product) return placeWhole(picture, frame, isNearWhite(ground) ? 'empty' : 'plain');
  if (isScene(ground) || (frame.refuseSpanning && fillsTheFrame(ground, product)))
    return placeWhole(picture, frame, 'scene');
  const fillBefore = Math.max(product.box.width / ground.width, product.box.height / ground.height);
  const clean = frame.takeClean ? await takeCleanPackshot(picture, ground, product, frame) : null;
  const found = {
    background: 'lifted',
    groundColour: meanGround(ground),
    fillBefore,
    touches: product.touches,
    cutOff: cutOffSides(ground, product),
  } as const;
  if (clean) return { ...found, cutOut: clean, left: 0, top: 0, hasShadow: ground.mask.includes(SHADOW) };
  const closer = closerLook(ground.fromAlpha ? picture : overWhite(picture), ground, product, frame);
  const doubt = doubtCut(closer.ground) ?? (frame.dropShadow ? secondOpinion(closer.ground) : null);
  return { ...(await placeProduct(closer, frame)), ...found, ...(doubt === null ? {} : { doubt }) };
}

interface Sight {
  picture: Raster;
  ground: Segmentation;
  product: Product;
}

/** A product that covers less of the map than this is measured once more on a map of its surroundings alone. */
const SMALL = 0.25;

/** On a map of the whole picture a small product is a few pixels large and its box wrong by a tenth. */
function closerLook(picture: Raster, ground: Segmentation, product: Product, frame: Frame): Sight {
  const far = { picture, ground, product };
  const { reach } = product;
  if (Math.max(reach.width / ground.width, reach.height / ground.height) > SMALL) return far;
  const box = toPicture(reach, ground, picture);
  const cropped = crop(picture, grown(box, Math.ceil(Math.max(box.width, box.height) / 4), picture));
  const near = segmentBackground(
    cropped,
    Math.max(cropped.width, cropped.height) / Math.max(picture.width, picture.height),
  );
  if (!near) return far;
  const segmented = segmentProduct(near, { shadow: frame.dropShadow ? 'remove' : 'keep' });
  const found = findProduct(segmented);
  return found ? { picture: cropped, ground: segmented, product: found } : far;
}

function crop({ data, width, channels }: Raster, area: Box): Raster {
  const out = new Uint8Array(area.width * area.height * channels);
  for (let y = 0; y < area.height; y++) {
    const from = ((area.top + y) * width + area.left) * channels;
    out.set(data.subarray(from, from + area.width * channels), y * area.width * channels);
  }
  return { data: out, width: area.width, height: area.height, channels };
}

async function placeProduct(
  { picture, ground, product }: Sight,
  frame: Frame,
): Promise<Pick<Placement, 'cutOut' | 'left' | 'top' | 'hasShadow'>> {
  const box = toPicture(product.box, ground, picture);
  const reach = toPicture(product.reach, ground, picture);
  const wanted = scaleTo(box, frame.fill, frame);
  const roomy = Math.min(wanted, scaleTo(reach, frame.maxReach, frame));
  // A shadow so long that the product would have to shrink below its least share is left out instead.
  const keepShadow = roomy >= wanted * (frame.minFill / frame.fill);
  const scale = keepShadow ? roomy : wanted;
  const extent = keepShadow ? reach : box;
  // Two map pixels more than the reach, so that the outline's outermost mixed pixels come along.
  const area = grown(extent, Math.ceil((2 * picture.width) / ground.width), picture);
  const width = Math.max(1, Math.round(area.width * scale));
  const height = Math.max(1, Math.round(area.height * scale));
  return {
    hasShadow: keepShadow && ground.mask.includes(SHADOW),
    cutOut: await cutOut(picture, ground, area, width, height, keepShadow),
    left: position(frame, frame.width, scale, area.left, [box.left, box.width], [extent.left, extent.width]),
    top: position(frame, frame.height, scale, area.top, [box.top, box.height], [extent.top, extent.height]),
  };
}

/**
 * Places a picture that already is a packshot on white, as the local engine renders one, without looking for its
 * product: there a white part that came with its own cut-out could not be told from the white around it.
 */
export function placeAsIs(picture: Raster, frame: Frame): Promise<Placement> {
  return placeWhole(picture, { ...frame, fill: frame.fill / PACKSHOT_FILL }, 'lifted');
}

async function placeWhole(
  picture: Raster,
  frame: Frame,
  background: Placement['background'],
): Promise<Placement> {
  const whole = overWhite(picture);
  const scale = scaleTo({ left: 0, top: 0, width: whole.width, height: whole.height }, frame.fill, frame);
  const width = Math.max(1, Math.round(whole.width * scale));
  const height = Math.max(1, Math.round(whole.height * scale));
  const rgb = await sharp(whole.data, { raw: { width: whole.width, height: whole.height, channels: 3 } })
    .resize(width, height, { fit: 'fill' })
    .raw()
    .toBuffer();
  return {
    // An empty picture's ground is no product, however far from pure white it is.
    cutOut: {
      width,
      height,
      rgb: background === 'empty' ? rgb.fill(255) : rgb,
      alpha: new Uint8Array(width * height).fill(255),
    },
    left: Math.round((frame.width - width) / 2),
    top: Math.round((frame.height - height) / 2),
    background,
    hasShadow: false,
    touches: [],
    cutOff: [],
  };
}

function scaleTo(box: Box, share: number, frame: Frame): number {
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

function toPicture(box: Box, ground: Segmentation, picture: Raster): Box {
  const left = Math.floor((box.left * picture.width) / ground.width);
  const top = Math.floor((box.top * picture.height) / ground.height);
  const right = Math.ceil(((box.left + box.width) * picture.width) / ground.width);
  const bottom = Math.ceil(((box.top + box.height) * picture.height) / ground.height);
  return { left, top, width: right - left, height: bottom - top };
}

function grown(box: Box, by: number, within: Raster): Box {
  const left = Math.max(0, box.left - by);
  const top = Math.max(0, box.top - by);
  const right = Math.min(within.width, box.left + box.width + by);
  const bottom = Math.min(within.height, box.top + box.height + by);
  return { left, top, width: right - left, height: bottom - top };
}

function meanGround(ground: Segmentation): [number, number, number] {
  const sums = [0, 0, 0];
  let count = 0;
  for (let pixel = 0; pixel < ground.mask.length; pixel++) {
    if (ground.mask[pixel] !== 1) continue;
    count++;
    for (let c = 0; c < 3; c++) sums[c] = sums[c] + ground.rgb[pixel * 3 + c];
  }
  const mean = (c: number): number => Math.round(sums[c] / Math.max(1, count));
  return [mean(0), mean(1), mean(2)];
}

/** An empty ground that is not even nearly white is a picture of something: one flat colour. */
function isNearWhite(ground: Segmentation): boolean {
  return Math.min(...meanGround(ground)) >= 235;
}
