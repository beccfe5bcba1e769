import sharp from 'sharp';
import type { FinishSpec } from '../finish-spec.ts';
import type { Raster } from '../raster/raster.ts';
import { analyseScene } from '../segment/analyse-scene.ts';
import type { Composed } from './composition.ts';
import type { Frame } from './frame.ts';
import { paintedScale, paintOnWhite } from './paint-on-white.ts';
import { placeOnWhite } from './place-on-white.ts';

/**
 * Puts the product of a model's picture on pure white: centred, filling its share of the frame, as a person moved it where one did. A
 * picture without a background is placed whole.
 */
export async function composeMain(answer: Raster, spec: FinishSpec): Promise<Composed> {
  const frame = frameFor(spec);
  const scene = (await isOwnCutOut(spec)) ? undefined : analyseScene(answer, { shadow: 'keep' });
  const placement = await placeOnWhite(answer, frame, scene);
  const composition = await paintOnWhite(placement, frame, spec);
  return { frame: composition, scene, findings: placement.findings };
}

/** JPEG's blocks carry the ripples of what is in them to all of their pixels; matters in pictures below 360 px. */
const BLOCK = 9;

/** The frame as it is painted: larger than the picture will be where a person scales it up afterwards. */
function frameFor({ width, height, fill, adjustment }: FinishSpec): Frame {
  const larger = adjustment ? paintedScale(adjustment, width, height) : 1;
  return {
    width: Math.round(width * larger),
    height: Math.round(height * larger),
    fill: fill.target,
    minFill: fill.min,
    // Shadows may reach further than the product, but never into the border, nor into the codec's block beside it.
    maxReach: Math.max(fill.target, Math.min(0.95, 1 - (2 * BLOCK) / Math.min(width, height))),
    takeClean: true,
  };
}

/** Whether the local engine made the picture of a photo that is transparent somewhere: then that is the cut-out. */
async function isOwnCutOut({ aiGenerated, photos }: FinishSpec): Promise<boolean> {
  const [photo] = photos ?? [];
  if (aiGenerated || !photo) return false;
  const { hasAlpha } = await sharp(photo).metadata();
  return hasAlpha;
}
