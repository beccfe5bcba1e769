import sharp from 'sharp';
import { overWhite } from '../raster/over-white.ts';
import type { Box, Raster } from '../raster/raster.ts';
import { analyseScene, type Scene } from '../segment/analyse-scene.ts';
import { doubtCut } from '../segment/doubt/doubt-cut.ts';
import { isScene } from '../segment/doubt/is-scene.ts';
import { secondOpinion } from '../segment/doubt/second-opinion.ts';
import { cutOffSides } from '../segment/product/cut-off-sides.ts';
import { fillsTheFrame } from '../segment/product/fills-the-frame.ts';
import type { Product } from '../segment/product/find-product.ts';
import type { Segmentation } from '../segment/segmentation.ts';
import { SHADOW } from '../segment/shadows/mark-shadow.ts';
import { type Cutout, cutOut } from './cut-out.ts';
import type { Frame } from './frame.ts';
import { PACKSHOT_FILL } from './packshot-fill.ts';
import { takeCleanPackshot } from './take-clean-packshot.ts';

/** A product ready to be painted into a white frame. */
export interface Placement {
  cutout: Cutout;
  /** Where the cut-out's top left corner goes; it may lie outside the frame by a few white pixels. */
  left: number;
  top: number;
  /**
   * - `lifted`: a background was found and made white.
   * - `plain`: the picture is one colour from edge to edge; placed whole.
   * - `scene`: the picture has no background; placed whole.
   * - `empty`: nothing but white.
   */
  background: 'lifted' | 'plain' | 'scene' | 'empty';
  /** The photo's own shadow came along. */
  hasShadow: boolean;
  /** The background's mean colour before it was lifted. */
  backgroundColour?: [number, number, number];
  /** Share of the picture's sides that the product took before. */
  fillBefore?: number;
  /** Why the cut-out may be a poor one, in words; nothing when there is no doubt. */
  doubt?: string;
  /** Sides of the picture that the product reaches. */
  touches: Product['touches'];
  /** Those of them beyond which it goes on. */
  cutOff: Product['touches'];
}

/**
 * Frees the product from its background and works out where it goes so that it is centred and fills the frame. `scene` is what
 * the picture shows, analysed with its shadow kept or removed as `frame` says.
 */
export async function placeOnWhite(
  picture: Raster,
  frame: Frame,
  scene: Scene | null = analyseScene(picture, shadowIn(frame)),
): Promise<Placement> {
  if (!scene) return placeWhole(picture, frame, 'scene');
  const { segmentation, product } = scene;
  if (!product) return placeWhole(picture, frame, isNearWhite(segmentation) ? 'empty' : 'plain');
  if (isScene(segmentation) || (frame.refuseSpanning && fillsTheFrame(segmentation, product)))
    return placeWhole(picture, frame, 'scene');
  const fillBefore = Math.max(
    product.box.width / segmentation.width,
    product.box.height / segmentation.height,
  );
  const clean = frame.takeClean ? await takeCleanPackshot(picture, segmentation, product, frame) : null;
  const found = {
    background: 'lifted',
    backgroundColour: meanBackground(segmentation),
    fillBefore,
    touches: product.touches,
    cutOff: cutOffSides(segmentation, product),
  } as const;
  if (clean)
    return { ...found, cutout: clean, left: 0, top: 0, hasShadow: segmentation.mask.includes(SHADOW) };
  const closer = closerLook(
    segmentation.fromAlpha ? picture : overWhite(picture),
    segmentation,
    product,
    frame,
  );
  const doubt =
    doubtCut(closer.segmentation) ?? (frame.dropShadow ? secondOpinion(closer.segmentation) : null);
  return { ...(await placeProduct(closer, frame)), ...found, ...(doubt === null ? {} : { doubt }) };
}

function shadowIn({ dropShadow = false }: Frame): { shadow: 'keep' | 'remove' } {
  return { shadow: dropShadow ? 'remove' : 'keep' };
}

/** A picture and the product on it. */
interface Subject {
  picture: Raster;
  segmentation: Segmentation;
  product: Product;
}

/** A product that covers less of the map than this is measured once more on a map of its surroundings alone. */
const SMALL = 0.25;

/** On a map of the whole picture a small product is a few pixels large and its box wrong by a tenth. */
function closerLook(picture: Raster, segmentation: Segmentation, product: Product, frame: Frame): Subject {
  const far = { picture, segmentation, product };
  const { reach } = product;
  if (Math.max(reach.width / segmentation.width, reach.height / segmentation.height) > SMALL) return far;
  const box = toPicture(reach, segmentation, picture);
  const cropped = crop(picture, grown(box, Math.ceil(Math.max(box.width, box.height) / 4), picture));
  const part = Math.max(cropped.width, cropped.height) / Math.max(picture.width, picture.height);
  const near = analyseScene(cropped, { ...shadowIn(frame), part });
  if (!near?.product) return far;
  return { picture: cropped, segmentation: near.segmentation, product: near.product };
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
  { picture, segmentation, product }: Subject,
  frame: Frame,
): Promise<Pick<Placement, 'cutout' | 'left' | 'top' | 'hasShadow'>> {
  const box = toPicture(product.box, segmentation, picture);
  const reach = toPicture(product.reach, segmentation, picture);
  const wanted = scaleTo(box, frame.fill, frame);
  const roomy = Math.min(wanted, scaleTo(reach, frame.maxReach, frame));
  // A shadow so long that the product would have to shrink below its least share is left out instead.
  const keepShadow = roomy >= wanted * (frame.minFill / frame.fill);
  const scale = keepShadow ? roomy : wanted;
  const extent = keepShadow ? reach : box;
  // Two map pixels more than the reach, so that the outline's outermost mixed pixels come along.
  const area = grown(extent, Math.ceil((2 * picture.width) / segmentation.width), picture);
  const width = Math.max(1, Math.round(area.width * scale));
  const height = Math.max(1, Math.round(area.height * scale));
  return {
    hasShadow: keepShadow && segmentation.mask.includes(SHADOW),
    cutout: await cutOut(picture, segmentation, area, width, height, keepShadow),
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
    // An empty picture's background is no product, however far from pure white it is.
    cutout: {
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

function toPicture(box: Box, segmentation: Segmentation, picture: Raster): Box {
  const left = Math.floor((box.left * picture.width) / segmentation.width);
  const top = Math.floor((box.top * picture.height) / segmentation.height);
  const right = Math.ceil(((box.left + box.width) * picture.width) / segmentation.width);
  const bottom = Math.ceil(((box.top + box.height) * picture.height) / segmentation.height);
  return { left, top, width: right - left, height: bottom - top };
}

function grown(box: Box, by: number, within: Raster): Box {
  const left = Math.max(0, box.left - by);
  const top = Math.max(0, box.top - by);
  const right = Math.min(within.width, box.left + box.width + by);
  const bottom = Math.min(within.height, box.top + box.height + by);
  return { left, top, width: right - left, height: bottom - top };
}

function meanBackground(segmentation: Segmentation): [number, number, number] {
  const sums = [0, 0, 0];
  let count = 0;
  for (let pixel = 0; pixel < segmentation.mask.length; pixel++) {
    if (segmentation.mask[pixel] !== 1) continue;
    count++;
    for (let c = 0; c < 3; c++) sums[c] = sums[c] + segmentation.rgb[pixel * 3 + c];
  }
  const mean = (c: number): number => Math.round(sums[c] / Math.max(1, count));
  return [mean(0), mean(1), mean(2)];
}

/** An empty background that is not even nearly white is a picture of something: one flat colour. */
function isNearWhite(segmentation: Segmentation): boolean {
  return Math.min(...meanBackground(segmentation)) >= 235;
}
