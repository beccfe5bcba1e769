import type { Captioned } from '../compose/captions/draw-captions.ts';
import type { Composed } from '../compose/composition.ts';
import type { Findings } from '../compose/place-on-white.ts';
import { decodePicture, type Photo } from '../decode/decode-picture.ts';
import type { EncodedImage } from '../encode/encode-picture.ts';
import type { FinishSpec } from '../finish-spec.ts';
import type { Raster } from '../raster/raster.ts';
import { analyseScene, type Scene } from '../segment/analyse-scene.ts';
import type { Background } from '../segment/background/background.ts';
import { segmentWhiteBackground } from '../segment/background/segment-background.ts';
import { segmentProduct } from '../segment/passes.ts';
import { findProduct, type Product } from '../segment/product/find-product.ts';
import type { Segmentation } from '../segment/segmentation.ts';
import { type Detail, detailOf } from './detail-of.ts';
import { type Likeness, patchLikeness, UPRIGHT } from './patch-likeness.ts';
import { type ProductPatch, productPatch } from './product-patch.ts';

/** Photos are looked at on this scale, an eighth of 2000 px: JPEG decodes to it directly. */
const PHOTO_SIDE = 250;

/** A finished file and everything that it was made of. */
export interface Finished {
  /** The model's picture as it came. */
  answer: Photo;
  composed: Composed;
  captioned: Captioned;
  encoded: EncodedImage;
}

/** What the checks look at. What several of them need is made once, and what few need when the first one asks. */
export interface Evidence {
  spec: FinishSpec;
  /** The model's picture as it came. */
  answer: Photo;
  /** What composing found on it; `null` for a secondary picture. */
  findings: Findings | null;
  encoded: EncodedImage;
  /** The picture as everybody will see it, but without captions: text is sharp, has contrast and colours of its own. */
  listed: Raster;
  /** The map of `listed`, taken as standing on pure white. */
  white: Background;
  detail: Detail;
  /** The product of a main picture; `null` where there is none, and for secondary pictures. */
  product: Product | null;
  /** The map on which `product` was found. */
  onWhite: Segmentation | null;
  /** The photos that the model was given, the main one first. */
  photos: Photo[];
  sceneOf: SceneOf;
  /** The product of the listed picture beside that of the main photo; `null` where one of both shows none apart. */
  match: () => Match | null;
}

/** Gives a picture's scene, shadows kept; `null` for a picture without a background. Analyses each picture once. */
export type SceneOf = (picture: Raster) => Scene | null;

/** A product as the listed picture shows it and as its photo does. */
export interface Match {
  shown: ProductPatch;
  onWhite: Segmentation;
  source: ProductPatch;
  scene: Scene;
  /** How alike both are as they stand. */
  upright: Likeness;
}

/** Prepares what the checks of a finished picture look at. Rejects when one of the photos cannot be decoded. */
export async function gatherEvidence(
  { answer, composed, captioned, encoded }: Finished,
  spec: FinishSpec,
): Promise<Evidence> {
  const { scene, findings } = composed;
  const listed = captioned.frame === composed.frame ? encoded.seen : composed.frame;
  const white = segmentWhiteBackground(listed);
  const segmentation = spec.role === 'main' ? segmentProduct(white, { shadow: 'keep' }) : null;
  const product = segmentation && findProduct(segmentation);
  const onWhite = product && segmentation;
  const photos = await Promise.all((spec.photos ?? []).map((photo) => decodePicture(photo, PHOTO_SIDE)));
  const sceneOf = rememberScenes(scene === undefined ? [] : [[answer, scene]]);
  const match = once(() => matchWithPhoto(onWhite, photos[0], sceneOf));
  return {
    spec,
    answer,
    findings,
    encoded,
    listed,
    white,
    detail: detailOf(white),
    product,
    onWhite,
    photos,
    sceneOf,
    match,
  };
}

/** Analyses each picture once, although several checks ask, and none that somebody analysed before (`known`). */
function rememberScenes(known: readonly (readonly [Raster, Scene | null])[]): SceneOf {
  const scenes = new Map(known);
  return (picture) => {
    const scene = scenes.get(picture);
    if (scene !== undefined) return scene;
    const analysed = analyseScene(picture, { shadow: 'keep' });
    scenes.set(picture, analysed);
    return analysed;
  };
}

/** The product of the listed picture beside that of its photo; `null` where one of both shows none apart. */
export function matchWithPhoto(
  onWhite: Segmentation | null,
  photo: Photo | undefined,
  sceneOf: SceneOf,
): Match | null {
  const scene = onWhite && photo ? sceneOf(photo) : null;
  if (!onWhite || !scene?.product) return null;
  const shown = productPatch(onWhite);
  const source = productPatch(scene.segmentation);
  if (!shown || !source) return null;
  return { shown, onWhite, source, scene, upright: patchLikeness(shown, source, UPRIGHT) };
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
