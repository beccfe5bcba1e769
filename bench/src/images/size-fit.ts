import { encodePicture, fitToBytes, type Raster } from '@image-studio/imaging/bench';
import sharp, { type Sharp } from 'sharp';
import { cpuTime } from './cpu-time.ts';
import { type FitResult, originalFit } from './original-fit.ts';
import { type Luma, ssim } from './ssim.ts';
import type { Verdict } from './verdict.ts';

const SIDE = 1600;
/** Of the bytes that quality 85 takes at full size: from nearly enough to a twelfth. */
const BUDGETS = [0.7, 0.45, 0.25, 0.12];
const MOST_ENCODES = 3;

interface Tally {
  encodes: number[];
  ms: number;
  within: number;
  /** Of each picture; `null` where it is not within the budget. */
  similarity: (number | null)[];
}

/** Our size fit against the original plan's, on the same pixels and budgets. */
export async function sizeFits(photos: Buffer[]): Promise<Verdict[]> {
  const rasters = await Promise.all(photos.map(rasterOf));
  const table: Record<string, object> = {};
  const verdicts: Verdict[] = [];
  let most = 0;
  const worse: string[] = [];
  for (const budget of BUDGETS) {
    const ours = tally();
    const theirs = tally();
    for (const raster of rasters) {
      const full = await encodePicture(raster, { format: 'webp', quality: 85, aiGenerated: false });
      const maxBytes = Math.round(full.length * budget);
      await add(ours, raster, maxBytes, () => ourFit(raster, maxBytes));
      await add(theirs, raster, maxBytes, () => originalFit(raster, maxBytes));
    }
    const name = `${Math.round(budget * 100)} %`;
    table[`${name}, this product`] = figures(ours);
    table[`${name}, original loop`] = figures(theirs);
    most = Math.max(most, ...ours.encodes);
    if (!isBetter(ours, theirs)) worse.push(name);
  }
  console.log(
    `\nSize fit of ${SIDE} px pictures to a share of the bytes of quality 85, mean of ${photos.length}`,
  );
  console.table(table);
  verdicts.push({
    target: 'size fit in at most 3 encodes',
    measured: `${most}`,
    met: most <= MOST_ENCODES,
  });
  verdicts.push({
    target: 'size fit within every budget, with a better SSIM than the original loop',
    measured: worse.length === 0 ? 'better at all' : `not at ${worse.join(', ')}`,
    met: worse.length === 0,
  });
  return verdicts;
}

/** Within the budget always, and more like the original on average wherever the other fit is within it as well. */
function isBetter(ours: Tally, theirs: Tally): boolean {
  const comparable = theirs.similarity.map((value, at) =>
    value === null ? null : (ours.similarity[at] ?? null),
  );
  const rivals = theirs.similarity.filter((value) => value !== null);
  if (ours.within < ours.encodes.length) return false;
  return rivals.length === 0 || mean(comparable) > mean(theirs.similarity);
}

function mean(values: readonly (number | null)[]): number {
  const known = values.filter((value) => value !== null);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

async function ourFit(raster: Raster, maxBytes: number): Promise<FitResult> {
  return fitToBytes(
    raster,
    { format: 'webp', quality: 85, maxBytes, allowShrink: true },
    (picture, quality) => encodePicture(picture, { format: 'webp', quality, aiGenerated: false }),
  );
}

async function add(
  tally: Tally,
  raster: Raster,
  maxBytes: number,
  fit: () => Promise<FitResult>,
): Promise<void> {
  const { result, ms } = await cpuTime(fit);
  tally.encodes.push(result.encodes);
  tally.ms += ms;
  if (result.data.length > maxBytes) {
    tally.similarity.push(null);
    return;
  }
  tally.within += 1;
  const seen = await sharp(result.data).resize(raster.width, raster.height, { fit: 'fill' }).toBuffer();
  tally.similarity.push(ssim(await lumaOf(sharp(seen)), await lumaOf(sharpOf(raster))));
}

function tally(): Tally {
  return { encodes: [], ms: 0, within: 0, similarity: [] };
}

function figures({ encodes, ms, within, similarity }: Tally) {
  const count = encodes.length;
  return {
    encodes: (encodes.reduce((sum, n) => sum + n, 0) / count).toFixed(2),
    'at most': Math.max(...encodes),
    'within budget': `${within} of ${count}`,
    'CPU ms': Math.round(ms / count),
    SSIM: within === 0 ? '–' : mean(similarity).toFixed(4),
  };
}

async function rasterOf(photo: Buffer): Promise<Raster> {
  const { data, info } = await sharp(photo)
    .resize(SIDE, SIDE, { fit: 'inside' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: 3 };
}

function sharpOf({ data, width, height, channels }: Raster) {
  return sharp(data, { raw: { width, height, channels } });
}

async function lumaOf(picture: Sharp): Promise<Luma> {
  const { data, info } = await picture
    .toColourspace('b-w')
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
