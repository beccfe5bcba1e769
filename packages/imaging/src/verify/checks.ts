import type { Check } from '@image-studio/contract';
import { checkAdditions } from './check-additions.ts';
import {
  checkAnswerNotBlank,
  checkAnswerRatio,
  checkAnswerSharpness,
  checkAnswerSize,
} from './check-answer.ts';
import { checkColour } from './check-colour.ts';
import { checkAnswerEdgeTouch, checkBackground, checkCutOut } from './check-composition.ts';
import {
  checkBorderWhite,
  checkBytes,
  checkEdgeTouch,
  checkFill,
  checkFormat,
  checkNotBlank,
  checkPixels,
  checkRatio,
  checkSharpness,
} from './check-file.ts';
import { checkLikeness } from './check-likeness.ts';
import { checkTextOnProduct } from './check-text-on-product.ts';
import { checkUnchanged } from './check-unchanged.ts';
import type { Evidence } from './evidence.ts';

/**
 * Measures the rule that it is named for; `null` where the rule says nothing about this picture. Text on the product is told as
 * `additions`, and `checkLikeness` tells other colours, part by part, as `colour`.
 */
export type MeasureRule = (evidence: Evidence) => Check | null;

/** Compare the picture with the photos that it was made from: it is none of them unchanged, and shows the same product. */
export const AGAINST_PHOTOS: readonly MeasureRule[] = [
  checkUnchanged,
  checkColour,
  checkAdditions,
  checkLikeness,
  checkTextOnProduct,
];

/** All checks of a finished picture, in the order in which `checks` lists them. */
export const CHECKS: readonly MeasureRule[] = [
  checkBackground,
  checkCutOut,
  checkPixels,
  checkRatio,
  checkFormat,
  checkBytes,
  checkNotBlank,
  checkSharpness,
  checkBorderWhite,
  checkFill,
  checkEdgeTouch,
  checkAnswerEdgeTouch,
  checkAnswerSize,
  checkAnswerRatio,
  checkAnswerNotBlank,
  checkAnswerSharpness,
  ...AGAINST_PHOTOS,
];
