import type { Raster } from '../raster/raster.ts';
import { resizeArea } from '../raster/resize-area.ts';
import { lookCloser, type Scene } from '../segment/analyse-scene.ts';
import { DOUBTS, firstDoubt, PHOTO_DOUBTS } from '../segment/doubt/doubts.ts';
import { isScene } from '../segment/doubt/is-scene.ts';
import type { Product } from '../segment/product/find-product.ts';
import { cutOffSides, fillsTheFrame } from '../segment/product/meets-edges.ts';
import { type Segmentation, SHADOW } from '../segment/segmentation.ts';
import { type Cutout, cutOut } from './cut-out.ts';
import { type Frame, PACKSHOT_FILL, placeInFrame } from './frame.ts';
import { resizeWhole, takeCleanPackshot } from './resize-whole.ts';

/** What placing found out about a picture. */
export interface Findings {
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
  /** Of `touches`, the edges beyond which the product goes on. */
  cutOff: Product['touches'];
}

/** A product ready to be painted into a white frame. */
export interface Placement {
  cutout: Cutout;
  /** Where the cut-out's top left corner goes; it may lie outside the frame by a few white pixels. */
  left: number;
  top: number;
  findings: Findings;
}

/**
 * Frees the product from its background and works out where it goes so that it is centred and fills the frame. `scene` is what
 * the picture shows, analysed with its shadow kept or removed as `frame` says; `null` where it shows no background. A picture without a scene
 * (`undefined`) is a packshot of the local engine, which is placed as it is.
 */
export async function placeOnWhite(
  picture: Raster,
  frame: Frame,
  scene: Scene | null | undefined,
): Promise<Placement> {
  const background = backgroundOf(scene, frame);
  if (!scene?.product || background !== 'lifted') {
    const wanted = scene === undefined ? { ...frame, fill: frame.fill / PACKSHOT_FILL } : frame;
    const findings: Findings = { background, hasShadow: false, touches: [], cutOff: [] };
    return { ...(await resizeWhole(picture, wanted, background === 'empty')), findings };
  }
  const { segmentation, product } = scene;
  const found = {
    background,
    backgroundColour: meanBackground(segmentation),
    fillBefore: Math.max(product.box.width / segmentation.width, product.box.height / segmentation.height),
    touches: product.touches,
    cutOff: cutOffSides(segmentation, product),
  };
  const clean = frame.takeClean ? await takeCleanPackshot(picture, segmentation, product, frame) : null;
  if (clean) {
    const findings = { ...found, hasShadow: segmentation.mask.includes(SHADOW) };
    return { cutout: clean, left: 0, top: 0, findings };
  }
  const closer = lookCloser(picture, scene, product, { shadow: frame.dropShadow ? 'remove' : 'keep' });
  const doubt = firstDoubt(closer.segmentation, frame.dropShadow ? PHOTO_DOUBTS : DOUBTS);
  const place = placeInFrame(closer.product, closer.segmentation, closer.picture, frame);
  const pixels = await resizeArea(closer.picture, place);
  const cutout = cutOut(pixels, closer, place);
  const hasShadow = place.keepShadow && closer.segmentation.mask.includes(SHADOW);
  const findings = { ...found, hasShadow, ...(doubt === null ? {} : { doubt }) };
  return { cutout, left: place.left, top: place.top, findings };
}

/** What lies behind the product; only where that is `lifted` the product is cut out. */
function backgroundOf(scene: Scene | null | undefined, frame: Frame): Findings['background'] {
  if (scene === undefined) return 'lifted';
  if (scene === null) return 'scene';
  const { segmentation, product } = scene;
  if (!product) return isNearWhite(segmentation) ? 'empty' : 'plain';
  const isWhole =
    isScene(segmentation) || (frame.refuseSpanning === true && fillsTheFrame(segmentation, product));
  return isWhole ? 'scene' : 'lifted';
}

function meanBackground({ mask, rgb }: Segmentation): [number, number, number] {
  let [red, green, blue, count] = [0, 0, 0, 0];
  for (let pixel = 0, i = 0; pixel < mask.length; pixel++, i += 3) {
    if (mask[pixel] !== 1) continue;
    count++;
    red += rgb[i];
    green += rgb[i + 1];
    blue += rgb[i + 2];
  }
  const mean = (sum: number): number => Math.round(sum / Math.max(1, count));
  return [mean(red), mean(green), mean(blue)];
}

/** An empty background that is not even nearly white is a picture of something: one flat colour. */
function isNearWhite(segmentation: Segmentation): boolean {
  return Math.min(...meanBackground(segmentation)) >= 235;
}
