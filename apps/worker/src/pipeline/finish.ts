import { type Check, StageError } from '@image-studio/contract';
import { decodePicture } from '../finish/decode-picture.ts';
import { encodeFinished } from '../finish/encode-finished.ts';
import type { FinishSpec } from '../finish/finish-spec.ts';
import { frameSecondary } from '../finish/frame-secondary.ts';
import { makeThumb } from '../finish/make-thumb.ts';
import { measurePicture } from '../finish/measure-picture.ts';
import { paintOnWhite } from '../finish/paint-on-white.ts';
import { type Placement, placeOnWhite } from '../finish/place-on-white.ts';
import type { Raster } from '../finish/raster.ts';
import type { FinishedImage } from './pictures.ts';

export type { FinishSpec } from '../finish/finish-spec.ts';

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
  const { frame, notes, background } =
    spec.role === 'main' ? await mainFrame(picture, spec) : await secondaryFrame(picture, spec);
  signal.throwIfAborted();
  const encoded = await encodeFinished(frame, spec, signal);
  signal.throwIfAborted();
  const checks = await measurePicture(encoded, spec);
  return {
    data: encoded.data,
    width: spec.width,
    height: spec.height,
    format: spec.format,
    thumb: await makeThumb(frame),
    checks: [...background, ...checks].map((check) => ({ ...check, ...noteOn(check, notes) })),
  };
}

type Notes = Partial<Record<string, string>>;

async function decode(image: Buffer, spec: FinishSpec): Promise<Raster> {
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
  /** The one rule that can only be judged on the model's picture: afterwards everything stands on white. */
  background: Check[];
}

async function mainFrame(picture: Raster, spec: FinishSpec): Promise<Framed> {
  const placement = await placeOnWhite(picture, {
    width: spec.width,
    height: spec.height,
    fill: spec.fill.target,
    minFill: spec.fill.min,
    // Shadows may reach further than the product, but never into the border.
    maxReach: 0.95,
    takeClean: true,
  });
  const check: Check = {
    rule: 'background',
    measured: placement.background,
    required: 'an even ground around the product',
    pass: placement.background === 'lifted' || placement.background === 'plain',
  };
  return {
    frame: paintOnWhite(placement, spec.width, spec.height),
    notes: notesOn(placement, spec),
    background: [check],
  };
}

async function secondaryFrame(picture: Raster, spec: FinishSpec): Promise<Framed> {
  return { frame: await frameSecondary(picture, spec.width, spec.height), notes: {}, background: [] };
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
