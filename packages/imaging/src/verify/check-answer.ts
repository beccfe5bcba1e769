import type { Check } from '@image-studio/contract';
import { MAX_CROPPED_RATIO } from '../compose/compose-secondary.ts';
import type { FinishSpec } from '../finish-spec.ts';
import { downsampled } from '../raster/downsample.ts';
import type { Raster } from '../raster/raster.ts';
import { detailOf } from './detail-of.ts';
import type { Evidence } from './evidence.ts';

/** What a model's picture is held to. */
const THRESHOLDS = {
  /** Times that a picture may be enlarged: 250 px for a listing of 2000. Enlarged 8 times, 13 packshots kept a `sharpness` of 0.13 to 0.22; 16 times, 0.08 to 0.13, as when they are blurred by 1 % of their side. */
  maxEnlargement: 8,
  /** Times that a product may be enlarged which was small in its picture. The same 13 kept 0.11 to 0.19, just above `minSharpness`. */
  maxProductEnlargement: 10,
  /** Share by which the ratio may miss the asked one: models round their sizes. 1200 × 896 for 4:3 is 0.004 off, 1280 × 896 for 3:2 is 0.05. */
  ratioSlack: 0.02,
  /** Longer side, in pixels, of the map on which sharpness is measured, which the background is looked for on as well. 13 packshots and the same blurred by 1 %: 0.50 to 0.78 and 0.07 to 0.11; at half the side 0.58 to 0.95 and 0.14 to 0.24, at twice 0.39 to 0.60 and 0.04 to 0.06. */
  sharpSide: 400,
  /** Steepest edge over contrast, at least. 90 right answers measured 0.42 and more, 14 packshots of photos 0.26 and more, blurred by 1 % of their side 0.08 to 0.12, by 2 % 0.06. */
  minSharpness: 0.1,
  /** Levels between the lightest and the darkest thousandth, at least. Paper with the noise of a codec measured up to 5, 90 right answers 167 and more. */
  minContrast: 8,
};

/*
 * What can only be told from the model's picture itself, before it was scaled, cropped and set on white: its size and
 * ratio, and that it shows something.
 */

export function checkAnswerSize({ answer: { file }, findings, spec }: Evidence): Check {
  const side = Math.max(file.width, file.height);
  const least = Math.ceil(Math.max(spec.width, spec.height) / THRESHOLDS.maxEnlargement);
  const share = findings?.fillBefore;
  const product = share === undefined ? undefined : Math.round(share * side);
  const leastProduct = Math.ceil(
    (spec.fill.target * Math.max(spec.width, spec.height)) / THRESHOLDS.maxProductEnlargement,
  );
  return {
    rule: 'answerSize',
    measured: `${file.width}×${file.height}${product === undefined ? '' : `, product ${product} px`}`,
    required: `at least ${least} px on the longer side${product === undefined ? '' : `, product ${leastProduct} px`}`,
    pass: side >= least && (product === undefined || product >= leastProduct),
  };
}

export function checkAnswerRatio({ answer: { file }, spec }: Evidence): Check | null {
  const ratio = file.width / file.height;
  const [across = 0, down = 0] = spec.asked?.aspectRatio.split(':').map(Number) ?? [];
  if (!across || !down) return null;
  const isOff = Math.abs(ratio / (across / down) - 1) > THRESHOLDS.ratioSlack;
  const wanted = spec.width / spec.height;
  const times = Math.max(ratio / wanted, wanted / ratio);
  return {
    rule: 'answerRatio',
    measured: Math.round(ratio * 1e3) / 1e3,
    required: `${Math.round((across / down) * 1e3) / 1e3} ± ${THRESHOLDS.ratioSlack * 100} %`,
    pass: !isOff || spec.role === 'main' || times <= MAX_CROPPED_RATIO,
    ...(isOff ? { fix: mendOf(times, spec) } : {}),
  };
}

/** `times`: how much wider or narrower the picture is than its frame. */
function mendOf(times: number, { role, width, height }: FinishSpec): string {
  if (role === 'main') return `placed anew in a frame of ${width}×${height}`;
  const lost = Math.round(100 - 100 / times);
  if (times <= MAX_CROPPED_RATIO) return `cropped by ${lost} % to ${width}×${height}`;
  return `set whole into a frame of ${width}×${height}: cropping would have lost ${lost} %`;
}

export function checkAnswerNotBlank({ answer }: Evidence): Check {
  const contrast = contrastOf(downsampled(answer, 200).rgb);
  return {
    rule: 'notBlank',
    measured: contrast,
    required: `at least ${THRESHOLDS.minContrast} levels of contrast`,
    pass: contrast >= THRESHOLDS.minContrast,
  };
}

/** Finishing cuts an outline that is sharp, whatever blur it encloses: that can only be told before. */
export function checkAnswerSharpness({ answer, spec }: Evidence): Check | null {
  // A smaller answer is judged by its size.
  const isLarge = Math.max(answer.file.width, answer.file.height) >= THRESHOLDS.sharpSide;
  if (spec.role !== 'main' || !spec.aiGenerated || !isLarge) return null;
  const { data: rgb, width, height } = downsampled(answer, THRESHOLDS.sharpSide).rgb;
  const { contrast, sharpness } = detailOf({ rgb, width, height });
  return {
    rule: 'sharpness',
    measured: Math.round(sharpness * 1e4) / 1e4,
    required: `at least ${THRESHOLDS.minSharpness}`,
    // A picture without contrast fails `notBlank`.
    pass: contrast < THRESHOLDS.minContrast || sharpness >= THRESHOLDS.minSharpness,
  };
}

/** Levels between the lightest and the darkest thousandth, a thin chain's share, of the channel that varies most. */
function contrastOf(map: Raster): number {
  return Math.max(contrastIn(map, 0), contrastIn(map, 1), contrastIn(map, 2));
}

function contrastIn({ data, width, height }: Raster, channel: number): number {
  const counts = new Uint32Array(256);
  for (let i = channel; i < data.length; i += 3) counts[data[i]] = counts[data[i]] + 1;
  const rim = (width * height) / 1000;
  return levelAt(counts, 255, -1, rim) - levelAt(counts, 0, 1, rim);
}

function levelAt(counts: Uint32Array, from: number, step: number, share: number): number {
  let seen = 0;
  let level = from;
  while (level >= 0 && level <= 255 && seen + counts[level] < share) {
    seen += counts[level];
    level += step;
  }
  return level;
}
