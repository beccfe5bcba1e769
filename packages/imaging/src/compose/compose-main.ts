import type { Check } from '@image-studio/contract';
import sharp from 'sharp';
import type { FinishSpec } from '../finish-spec.ts';
import { giveBuffersBack } from '../raster/large-buffers.ts';
import type { Raster } from '../raster/raster.ts';
import { analyseScene } from '../segment/analyse-scene.ts';
import { type Composed, compositionOf } from './composition.ts';
import type { Frame } from './frame.ts';
import { moveFrame, paintedScale } from './move-frame.ts';
import { paintOnWhite } from './paint-on-white.ts';
import { type Placement, placeAsIs, placeOnWhite } from './place-on-white.ts';
import { whitenBorderBlocks } from './whiten-border-blocks.ts';

/** JPEG's blocks carry the ripples of what is in them to all of their pixels; matters in pictures below 360 px. */
const BLOCK = 9;

/**
 * Puts the product of a model's picture on pure white: centred, filling its share of the frame, as a person moved it where one did. A
 * picture without a background is placed whole.
 */
export async function composeMain(answer: Raster, spec: FinishSpec): Promise<Composed> {
  const { width, height, adjustment } = spec;
  const larger = adjustment ? paintedScale(adjustment, width, height) : 1;
  const painted = { width: Math.round(width * larger), height: Math.round(height * larger) };
  const scene = (await isOwnCutOut(spec)) ? undefined : analyseScene(answer, { shadow: 'keep' });
  const within: Frame = {
    ...painted,
    fill: spec.fill.target,
    minFill: spec.fill.min,
    // Shadows may reach further than the product, but never into the border, nor into the codec's block beside it.
    maxReach: Math.max(spec.fill.target, Math.min(0.95, 1 - (2 * BLOCK) / Math.min(spec.width, spec.height))),
    takeClean: true,
  };
  const placement = await (scene === undefined
    ? placeAsIs(answer, within)
    : placeOnWhite(answer, within, scene));
  const whole = paintOnWhite(placement, painted.width, painted.height);
  giveBuffersBack(placement.cutout.rgb, placement.cutout.alpha);
  const frame = adjustment ? await moveFrame(whole, adjustment, width, height) : whole;
  if (adjustment) giveBuffersBack(whole.data);
  if (spec.format === 'jpeg') whitenBorderBlocks(frame);
  return {
    frame: compositionOf(frame),
    checks: [checkBackground(placement), ...checkCut(placement)],
    notes: notesOn(placement, spec),
    scene,
    productShare: placement.fillBefore,
    cutAt: placement.touches,
  };
}

/** Whether the local engine made the picture of a photo that is transparent somewhere: then that is the cut-out. */
async function isOwnCutOut({ aiGenerated, photos }: FinishSpec): Promise<boolean> {
  const [photo] = photos ?? [];
  if (aiGenerated || !photo) return false;
  const { hasAlpha } = await sharp(photo).metadata();
  return hasAlpha;
}

function checkBackground({ background }: Placement): Check {
  return {
    rule: 'background',
    measured: background,
    required: 'an even background around the product',
    pass: background === 'lifted' || background === 'plain',
  };
}

/** A cut that looks wrong is for somebody to look at; one without doubt needs no mention. */
function checkCut({ doubt }: Placement): Check[] {
  if (doubt === undefined) return [];
  const required = 'a cut-out along the edges of the product';
  return [{ rule: 'cutOut', measured: doubt, required, pass: false }];
}

/** What was repaired, by the rule that would have failed. */
function notesOn(placement: Placement, spec: FinishSpec): Composed['notes'] {
  const notes: Composed['notes'] = {};
  const colour = placement.backgroundColour;
  if (colour && Math.min(...colour) < 255)
    notes.background = `background rgb(${colour.join(', ')}) made white`;
  const before = placement.fillBefore;
  if (before !== undefined && (before < spec.fill.min || before > spec.fill.max)) {
    notes.fill = `product scaled from ${before.toFixed(2)} of the picture to ${spec.fill.target}`;
  }
  if (placement.touches.length > 0) {
    notes.edgeTouch = `the model's picture cut the product off at its ${placement.touches.join(' and ')} edge`;
  }
  if (placement.background === 'scene' || placement.background === 'plain') {
    notes.background = 'no background was found around the product; the whole picture was placed on white';
  }
  return notes;
}
