import type { Check } from '@image-studio/contract';
import type { Captioned } from './compose/captions/draw-captions.ts';
import type { Composed } from './compose/composition.ts';
import type { Photo } from './decode/decode-picture.ts';
import type { EncodedImage } from './encode/encode-finished.ts';
import type { FinishSpec } from './finish-spec.ts';
import { checkAnswer } from './verify/check-answer.ts';
import { compareWithPhotos } from './verify/compare-with-photos.ts';
import { measurePicture } from './verify/measure-picture.ts';

/** A finished file and everything that it was made of. */
export interface Finished {
  /** The model's picture as it came. */
  answer: Photo;
  composed: Composed;
  captioned: Captioned;
  encoded: EncodedImage;
}

/**
 * Measures a finished file against what was asked, against the model's picture that it was made from, and against the photos
 * that the model was given (`spec.photos`). Returns one check for each rule, in the order in which the rules are measured: the
 * one that failed, where several were. `measured` is in the unit that `required` names; `fix` says what was repaired. Judges
 * nothing: what a failed check means is the caller's to say. Rejects when one of the photos cannot be decoded.
 */
export async function verifyImage(
  { answer, composed, captioned, encoded }: Finished,
  spec: FinishSpec,
): Promise<Check[]> {
  // Text is sharp, has contrast and colours of its own: under it the picture itself is measured.
  const isBare = captioned.frame === composed.frame;
  const bare = isBare ? encoded.seen : composed.frame;
  const file = measurePicture({ ...encoded, seen: bare }, spec);
  const answered = checkAnswer(answer, spec, composed.productShare);
  const compared = await compareWithPhotos(
    { answer, scene: composed.scene, onWhite: file.onWhite, finished: bare },
    spec,
  );
  const cutOff = checkCutOff(composed, spec);
  const checks = [
    ...composed.checks,
    ...file.checks,
    ...cutOff,
    ...answered,
    ...compared,
    ...captioned.checks,
  ];
  return mergeByRule(checks).map((check) => {
    const fix = composed.notes[check.rule];
    return fix === undefined ? check : { ...check, fix };
  });
}

/** A model that cuts the product off shows less of it than the photo; only where the photo did so too there is no help. */
function checkCutOff({ cutAt }: Composed, { aiGenerated }: FinishSpec): Check[] {
  if (cutAt.length === 0 || !aiGenerated) return [];
  return [
    {
      rule: 'edgeTouch',
      measured: `cut off at the ${cutAt.join(' and ')} edge of the model's picture`,
      required: 'false: the product stands free of the frame',
      pass: false,
    },
  ];
}

/** One check for each rule: the one that failed, where the model's picture and the finished one were both measured. */
function mergeByRule(checks: Check[]): Check[] {
  const byRule = new Map<string, Check>();
  for (const check of checks) {
    const known = byRule.get(check.rule);
    if (!known || known.pass) byRule.set(check.rule, check);
  }
  return [...byRule.values()];
}
