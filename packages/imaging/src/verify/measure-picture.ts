import type { Check } from '@image-studio/contract';
import { borderWhite } from '../encode/border-white.ts';
import type { EncodedImage } from '../encode/encode-finished.ts';
import type { FinishSpec } from '../finish-spec.ts';
import { contrastRange } from '../kernels/contrast-range.ts';
import { edgeStrength, type Step } from '../kernels/edge-strength.ts';
import type { Raster } from '../raster/raster.ts';
import { segmentWhiteBackground } from '../segment/background/segment-background.ts';
import { findProduct, type Product } from '../segment/product/find-product.ts';
import { segmentProduct } from '../segment/segment-product.ts';
import type { Segmentation } from '../segment/segmentation.ts';

const THRESHOLDS = {
  /** Rounding of the map on which the product's box is measured: a quarter per cent on each side. */
  fillSlack: 0.005,
  /** Steepest edge over contrast; a picture blurred by 2.5 % of its side measures 0.04, a sharp one 0.3 to 1. */
  minSharpness: 0.06,
  /** Levels between the darkest and the lightest part; paper without a picture measures 0 to 2. */
  minContrast: 4,
};

export interface Measured {
  checks: Check[];
  /** The map of a main picture on which its product was found; `null` where there is no product. */
  onWhite: Segmentation | null;
}

/**
 * Measures the finished file itself, decoded from its final bytes, against what was asked. Nothing here trusts what
 * the steps before meant to do.
 */
export function measurePicture(
  { data: file, seen: picture, format }: EncodedImage,
  spec: FinishSpec,
): Measured {
  const background = segmentWhiteBackground(picture);
  const { contrast, sharpness } = detailOf(background);
  const checks: Check[] = [
    {
      rule: 'pixels',
      measured: `${picture.width}×${picture.height}`,
      required: `${spec.width}×${spec.height}`,
      pass: picture.width === spec.width && picture.height === spec.height,
    },
    {
      rule: 'ratio',
      measured: rounded(picture.width / picture.height),
      required: String(rounded(spec.width / spec.height)),
      pass: Math.abs(picture.width / picture.height / (spec.width / spec.height) - 1) < 0.001,
    },
    { rule: 'format', measured: format, required: spec.format, pass: format === spec.format },
    {
      rule: 'bytes',
      measured: file.length,
      required: spec.maxBytes === undefined ? 'no limit' : `at most ${spec.maxBytes}`,
      pass: spec.maxBytes === undefined || file.length <= spec.maxBytes,
    },
    {
      rule: 'notBlank',
      measured: contrast,
      required: `at least ${THRESHOLDS.minContrast} levels of contrast`,
      pass: contrast >= THRESHOLDS.minContrast,
    },
    {
      rule: 'sharpness',
      measured: rounded(sharpness),
      required: `at least ${THRESHOLDS.minSharpness}`,
      pass: sharpness >= THRESHOLDS.minSharpness,
    },
  ];
  if (spec.role !== 'main') return { checks, onWhite: null };
  const segmentation = segmentProduct(background, { shadow: 'keep' });
  const product = findProduct(segmentation);
  return {
    checks: [...checks, ...mainChecks(picture, segmentation, product, spec)],
    onWhite: product ? segmentation : null,
  };
}

function mainChecks(
  picture: Raster,
  segmentation: Segmentation,
  product: Product | null,
  spec: FinishSpec,
): Check[] {
  const white = borderWhite(picture);
  const fill = product
    ? Math.max(product.box.width / segmentation.width, product.box.height / segmentation.height)
    : 0;
  return [
    {
      rule: 'borderWhite',
      measured: white === 1 ? 1 : Math.min(0.9999, rounded(white)),
      required: '1: the outer 1 % of the frame is (255, 255, 255)',
      pass: white === 1,
    },
    {
      rule: 'fill',
      measured: rounded(fill),
      required: `${spec.fill.min} to ${spec.fill.max} of the frame`,
      pass: fill >= spec.fill.min - THRESHOLDS.fillSlack && fill <= spec.fill.max + THRESHOLDS.fillSlack,
    },
    {
      rule: 'edgeTouch',
      measured: product ? product.touches.length > 0 : false,
      required: 'false: the product stands free of the frame',
      pass: !product || product.touches.length === 0,
    },
  ];
}

/** Contrast in levels, and the steepest step between neighbours as a share of it, on the small map. */
export function detailOf({ rgb, width, height }: Pick<Segmentation, 'rgb' | 'width' | 'height'>): {
  contrast: number;
  sharpness: number;
} {
  const steps = new Uint32Array(256);
  const before = stepsBefore(rgb, width, height);
  for (let pixel = 0; pixel < before.length; pixel++) {
    const step = before[pixel];
    steps[step] = steps[step] + 1;
  }
  const contrast = contrastRange(rgb);
  // The 99.9th percentile: one odd pixel is not an edge.
  let left = Math.floor(0.001 * width * height);
  let most = 255;
  while (most > 0 && left >= steps[most]) left -= steps[most--];
  return { contrast, sharpness: contrast === 0 ? 0 : most / contrast };
}

/** The largest difference from the pixel to the left and the one above; there are none before the first. */
function stepsBefore(rgb: Uint8Array, width: number, height: number): Uint8Array {
  const pixels = width * height;
  const before: Step = { near: [0, -1] };
  const above: Step = { near: [0, -width] };
  const steps = edgeStrength(rgb, [
    { first: 1, end: width, steps: [before] },
    { first: width, end: pixels, steps: [before, above] },
  ]);
  // To the left of the first column there is not the end of the row above.
  for (let pixel = width; pixel < pixels; pixel += width) {
    const difference = (i: number) => Math.abs(rgb[i] - rgb[i - 3 * width]);
    steps[pixel] = Math.max(difference(3 * pixel), difference(3 * pixel + 1), difference(3 * pixel + 2));
  }
  return steps;
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
