import { type Check, StageError } from '@image-studio/contract';
import { layCaptions } from './compose/captions/lay-captions.ts';
import { frameSecondary } from './compose/frame-secondary.ts';
import { moveFrame, paintedScale } from './compose/move-frame.ts';
import { paintOnWhite } from './compose/paint-on-white.ts';
import { type Placement, placeOnWhite } from './compose/place-on-white.ts';
import { type Decoded, decodePicture } from './decode/decode-picture.ts';
import { encodeFinished } from './encode/encode-finished.ts';
import { makeThumb } from './encode/make-thumb.ts';
import type { FinishSpec } from './finish-spec.ts';
import type { FinishedImage } from './pictures.ts';
import { giveBuffersBack } from './raster/large-buffers.ts';
import type { Raster } from './raster/raster.ts';
import { checkAnswer } from './verify/check-answer.ts';
import { compareWithPhotos } from './verify/compare-with-photos.ts';
import { measurePicture } from './verify/measure-picture.ts';

export type { FinishSpec } from './finish-spec.ts';

/**
 * Turns what the model answered into the exact file that the marketplace gets, the same every time: pure white
 * border, product centred at the fill target, exact size, format and byte limit. `checks` are measured on the final
 * bytes; a failed one is the caller's to judge.
 *
 * @throws StageError `MODEL_NO_IMAGE` when the bytes are no picture, `ENCODE_CANNOT_FIT` when no quality fits.
 */
export async function finishImage(
  image: Buffer,
  spec: FinishSpec,
  signal: AbortSignal,
): Promise<FinishedImage> {
  signal.throwIfAborted();
  const picture = await decode(image, spec);
  signal.throwIfAborted();
  const { frame, notes, background, productShare, cutAt } =
    spec.role === 'main' ? await mainFrame(picture, spec) : await secondaryFrame(picture, spec);
  signal.throwIfAborted();
  const written = await layCaptions(frame, spec);
  const encoded = await encodeFinished(written.frame, spec, signal);
  signal.throwIfAborted();
  // Text is sharp, has contrast and colours of its own: under it the picture itself is measured.
  const bare = written.frame === frame ? encoded.seen : frame;
  const { checks, onWhite } = measurePicture({ ...encoded, seen: bare }, spec);
  const answered = checkAnswer(picture, spec, productShare);
  const compared = await compareWithPhotos({ answer: picture, onWhite, finished: bare }, spec);
  const thumb = await makeThumb(encoded.seen);
  giveBuffersBack(frame.data);
  return {
    data: encoded.data,
    width: spec.width,
    height: spec.height,
    format: spec.format,
    thumb,
    checks: merged([
      ...background,
      ...checks,
      ...cutOff(cutAt, spec),
      ...answered,
      ...compared,
      ...written.checks,
    ]).map((check) => ({ ...check, ...noteOn(check, notes) })),
  };
}

/** One line per rule: the one that failed, where the model's picture and the finished one were both measured. */
function merged(checks: Check[]): Check[] {
  const byRule = new Map<string, Check>();
  for (const check of checks) {
    const known = byRule.get(check.rule);
    if (!known || known.pass) byRule.set(check.rule, check);
  }
  return [...byRule.values()];
}

/** A model that cuts the product off shows less of it than the photo; only where the photo did so too there is no help. */
function cutOff(sides: string[], spec: FinishSpec): Check[] {
  if (sides.length === 0 || !spec.aiGenerated) return [];
  return [
    {
      rule: 'edgeTouch',
      measured: `cut off at the ${sides.join(' and ')} edge of the model's picture`,
      required: 'false: the product stands free of the frame',
      pass: false,
    },
  ];
}

/** JPEG's blocks carry the ripples of what is in them to all of their pixels; matters in pictures below 360 px. */
const BLOCK = 9;

type Notes = Partial<Record<string, string>>;

async function decode(image: Buffer, spec: FinishSpec): Promise<Decoded> {
  try {
    // Twice the output keeps every detail that a product at 42 % of the picture needs, and bounds memory.
    return await decodePicture(image, 2 * Math.max(spec.width, spec.height, 512));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StageError('MODEL_NO_IMAGE', `the model's picture cannot be decoded: ${reason}`, {
      verdict: 'retry',
      cause,
    });
  }
}

interface Framed {
  frame: Raster;
  notes: Notes;
  /** What can only be judged on the model's picture: afterwards everything stands on white. */
  background: Check[];
  /** Part of the model's picture that the product took, by its longer side; where a product was found. */
  productShare: number | undefined;
  /** Edges of the model's picture at which the product is cut off. */
  cutAt: string[];
}

async function mainFrame(picture: Raster, spec: FinishSpec): Promise<Framed> {
  const { width, height, adjustment } = spec;
  const larger = adjustment ? paintedScale(adjustment, width, height) : 1;
  const painted = { width: Math.round(width * larger), height: Math.round(height * larger) };
  const placement = await placeOnWhite(picture, {
    ...painted,
    fill: spec.fill.target,
    minFill: spec.fill.min,
    // Shadows may reach further than the product, but never into the border, nor into the codec's block beside it.
    maxReach: Math.max(spec.fill.target, Math.min(0.95, 1 - (2 * BLOCK) / Math.min(spec.width, spec.height))),
    takeClean: true,
  });
  const check: Check = {
    rule: 'background',
    measured: placement.background,
    required: 'an even ground around the product',
    pass: placement.background === 'lifted' || placement.background === 'plain',
  };
  const whole = paintOnWhite(placement, painted.width, painted.height);
  giveBuffersBack(placement.cutOut.rgb, placement.cutOut.alpha);
  const frame = adjustment ? await moveFrame(whole, adjustment, width, height) : whole;
  if (adjustment) giveBuffersBack(whole.data);
  return {
    frame,
    notes: notesOn(placement, spec),
    background: placement.doubt === undefined ? [check] : [check, doubtful(placement.doubt)],
    productShare: placement.fillBefore,
    cutAt: placement.touches,
  };
}

/** A cut that looks wrong is for somebody to look at; one without doubt needs no mention. */
function doubtful(doubt: string): Check {
  return {
    rule: 'cutOut',
    measured: doubt,
    required: 'a cut-out along the edges of the product',
    pass: false,
  };
}

async function secondaryFrame(picture: Raster, spec: FinishSpec): Promise<Framed> {
  const frame = await frameSecondary(picture, spec.width, spec.height);
  return { frame, notes: {}, background: [], productShare: undefined, cutAt: [] };
}

/** What was repaired, by the rule that would have failed. */
function notesOn(placement: Placement, spec: FinishSpec): Notes {
  const notes: Notes = {};
  const ground = placement.groundColour;
  if (ground && Math.min(...ground) < 255) notes.background = `ground rgb(${ground.join(', ')}) made white`;
  const before = placement.fillBefore;
  if (before !== undefined && (before < spec.fill.min || before > spec.fill.max)) {
    notes.fill = `product scaled from ${before.toFixed(2)} of the picture to ${spec.fill.target}`;
  }
  if (placement.touches.length > 0) {
    notes.edgeTouch = `the model's picture cut the product off at its ${placement.touches.join(' and ')} edge`;
  }
  if (placement.background === 'scene' || placement.background === 'plain') {
    notes.background = 'no ground was found around the product; the whole picture was placed on white';
  }
  return notes;
}

function noteOn(check: Check, notes: Notes): { fix?: string } {
  const fix = notes[check.rule];
  return fix === undefined ? {} : { fix };
}
