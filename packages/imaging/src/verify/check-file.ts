import type { Check } from '@image-studio/contract';
import { borderWhite } from '../encode/encode-picture.ts';
import type { FinishSpec } from '../finish-spec.ts';
import { fixOfEdges } from './check-composition.ts';
import type { Evidence } from './evidence.ts';

/** What a finished file is held to, beside its profile's own numbers. */
const THRESHOLDS = {
  /** Share of the frame by which the fill may miss its bounds: the map on which the product's box is measured rounds by a quarter per cent on each side. 90 products that were placed at 0.85 measured 0.845 to 0.863, 88 of them up to 0.860. */
  fillSlack: 0.005,
  /** Steepest edge over contrast, at least. A picture blurred by 2.5 % of its side measured 0.04, by 2 % up to 0.06, 90 right ones 0.40 to 0.84. */
  minSharpness: 0.06,
  /** Levels between the darkest and the lightest part, at least. Paper without a picture measured 0 to 2, 90 right pictures 194 and more. */
  minContrast: 4,
};

/*
 * The finished file itself, decoded from its final bytes, against what was asked. Nothing here trusts what the steps before meant
 * to do.
 */

export function checkPixels({ listed: { width, height }, spec }: Evidence): Check {
  return {
    rule: 'pixels',
    measured: `${width}×${height}`,
    required: `${spec.width}×${spec.height}`,
    pass: width === spec.width && height === spec.height,
  };
}

export function checkRatio({ listed, spec }: Evidence): Check {
  const [ratio, wanted] = [listed.width / listed.height, spec.width / spec.height];
  return {
    rule: 'ratio',
    measured: rounded(ratio),
    required: String(rounded(wanted)),
    pass: ratio === wanted,
  };
}

export function checkFormat({ encoded: { format }, spec }: Evidence): Check {
  return { rule: 'format', measured: format, required: spec.format, pass: format === spec.format };
}

export function checkBytes({ encoded: { data }, spec: { maxBytes } }: Evidence): Check {
  return {
    rule: 'bytes',
    measured: data.length,
    required: maxBytes === undefined ? 'no limit' : `at most ${maxBytes}`,
    pass: maxBytes === undefined || data.length <= maxBytes,
  };
}

export function checkNotBlank({ detail: { contrast } }: Evidence): Check {
  return {
    rule: 'notBlank',
    measured: contrast,
    required: `at least ${THRESHOLDS.minContrast} levels of contrast`,
    pass: contrast >= THRESHOLDS.minContrast,
  };
}

export function checkSharpness({ detail: { sharpness } }: Evidence): Check {
  return {
    rule: 'sharpness',
    measured: rounded(sharpness),
    required: `at least ${THRESHOLDS.minSharpness}`,
    pass: sharpness >= THRESHOLDS.minSharpness,
  };
}

export function checkBorderWhite({ listed, spec }: Evidence): Check | null {
  if (spec.role !== 'main') return null;
  const white = borderWhite(listed);
  return {
    rule: 'borderWhite',
    measured: white === 1 ? 1 : Math.min(0.9999, rounded(white)),
    required: '1: the outer 1 % of the frame is (255, 255, 255)',
    pass: white === 1,
  };
}

export function checkFill({ product, white, findings, spec }: Evidence): Check | null {
  if (spec.role !== 'main') return null;
  const fill = product ? Math.max(product.box.width / white.width, product.box.height / white.height) : 0;
  return {
    rule: 'fill',
    measured: rounded(fill),
    required: `${spec.fill.min} to ${spec.fill.max} of the frame`,
    pass: fill >= spec.fill.min - THRESHOLDS.fillSlack && fill <= spec.fill.max + THRESHOLDS.fillSlack,
    ...fixOfFill(findings?.fillBefore, spec),
  };
}

function fixOfFill(before: number | undefined, { fill }: FinishSpec): { fix?: string } {
  if (before === undefined || (before >= fill.min && before <= fill.max)) return {};
  return { fix: `product scaled from ${before.toFixed(2)} of the picture to ${fill.target}` };
}

export function checkEdgeTouch({ product, findings, spec }: Evidence): Check | null {
  if (spec.role !== 'main') return null;
  return {
    rule: 'edgeTouch',
    measured: product ? product.touches.length > 0 : false,
    required: 'false: the product stands free of the frame',
    pass: !product || product.touches.length === 0,
    ...(findings && fixOfEdges(findings)),
  };
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
