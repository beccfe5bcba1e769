import type { Check } from '@image-studio/contract';
import { checkAdditions } from './check-additions.ts';
import {
  checkAnswerContrast,
  checkAnswerRatio,
  checkAnswerSharpness,
  checkAnswerSize,
} from './check-answer.ts';
import { checkColours } from './check-colours.ts';
import { checkBackground, checkCut, checkCutOff } from './check-composition.ts';
import {
  checkBorder,
  checkBytes,
  checkContrast,
  checkEdges,
  checkFill,
  checkFormat,
  checkPixels,
  checkRatio,
  checkSharpness,
} from './check-file.ts';
import { checkLikeness } from './check-likeness.ts';
import { checkUnchanged } from './check-unchanged.ts';
import { checkWriting } from './check-writing.ts';
import type { Evidence } from './evidence.ts';

/** Measures one rule; `null` where it says nothing about this picture. */
export type MeasureRule = (evidence: Evidence) => Check | null;

/** Against the photos that the picture was made from: it is neither one of them unchanged, nor shows it another product. */
export const AGAINST_PHOTOS: readonly MeasureRule[] = [
  checkUnchanged,
  checkColours,
  checkAdditions,
  checkLikeness,
  checkWriting,
];

/** Everything that a finished picture is measured by, in the order in which it is told. */
export const CHECKS: readonly MeasureRule[] = [
  checkBackground,
  checkCut,
  checkPixels,
  checkRatio,
  checkFormat,
  checkBytes,
  checkContrast,
  checkSharpness,
  checkBorder,
  checkFill,
  checkEdges,
  checkCutOff,
  checkAnswerSize,
  checkAnswerRatio,
  checkAnswerContrast,
  checkAnswerSharpness,
  ...AGAINST_PHOTOS,
];
