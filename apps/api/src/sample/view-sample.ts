import {
  type BatchPlan,
  type ImageRecord,
  imagesPerSku,
  isGood,
  poolsOf,
  type SampleView,
} from '@image-studio/contract';
import { plannedSlots } from '@image-studio/planning';
import type { BatchState, SkuEntry, StudioApi } from '@image-studio/queue';
import { priceSlots } from '../price-slots.ts';
import { COST_RANGE, cents } from '../quote-batch.ts';
import { briefSku } from '../views/brief-sku.ts';
import type { Links } from '../views/links.ts';
import { viewSku } from '../views/view-sku.ts';
import { wilson } from './wilson.ts';

/** What the SKUs that are made first look like, and what they tell about the rest. */
export async function viewSample(
  api: Pick<StudioApi, 'estimate'>,
  links: Links,
  batch: BatchState & { sample: NonNullable<BatchState['sample']> },
  plan: BatchPlan,
  entries: readonly SkuEntry[],
): Promise<SampleView> {
  const views = await Promise.all(entries.map((entry) => viewSku(entry, links)));
  const ended = entries.filter(({ state }) => state !== 'waiting' && state !== 'active');
  const all = entries.flatMap(({ record }) => record.images);
  const pictures = all.filter(({ outdated }) => !outdated);
  const accepted = pictures.filter(isGood);
  const bought = pictures.filter(({ reused }) => !reused);
  const good = bought.filter(isGood).length;
  const spent = sum(bought.map(costOfPlan));
  return {
    ...batch.sample,
    ended: ended.length,
    skus: views.map(briefSku),
    pictures: pictures.length,
    accepted: accepted.length,
    passRate: wilson(accepted.length, pictures.length),
    medianSeconds: medianSeconds(entries),
    costUsd: cents(sum(all.map((image) => image.costUsd))),
    usdPerAccepted: good === 0 ? null : cents(spent / good),
    rest: await restOf(api, batch, plan, entries),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Of the calls that made pictures of the sample, those that were dropped too. */
function medianSeconds(entries: readonly SkuEntry[]): number | null {
  const times = entries
    .flatMap(({ record }) => record.timeline)
    .filter(({ stage, reused, error }) => stage === 'generate' && !reused && error === undefined)
    .map(({ ms }) => ms)
    .sort((a, b) => a - b);
  const middle = times[Math.floor(times.length / 2)];
  return middle === undefined ? null : Math.round(middle / 100) / 10;
}

/**
 * What the SKUs that have not ended will take. Where the sample had to buy its pictures, each of its SKUs tells what one costs, with the
 * rounds that the checks asked for: the mean, and 1.96 of its standard errors to both sides. Otherwise the plan's price tells.
 */
async function restOf(
  api: Pick<StudioApi, 'estimate'>,
  { counts, options, sample }: BatchState,
  plan: BatchPlan,
  entries: readonly SkuEntry[],
): Promise<SampleView['rest']> {
  const open = counts.waiting + counts.active;
  const skus = sample?.state === 'done' ? open : Math.min(open, counts.total - entries.length);
  const pictures = skus * imagesPerSku(options);
  const [first] = entries;
  const planned = first === undefined ? 0 : priceSlots(plan, options, first.input, plannedSlots(options));
  const costs = entries.filter(isBought).map(({ record }) => sum(record.images.map(costOfPlan)));
  const perSku = rangeOf(costs) ?? { low: planned * COST_RANGE.low, high: planned * COST_RANGE.high };
  const eta = skus === 0 ? null : await api.estimate(pictures, pictures, poolsOf(plan));
  return {
    skus,
    pictures,
    costUsd: { low: cents(skus * perSku.low), high: cents(skus * perSku.high) },
    minutes: { low: minutes(eta?.lowSeconds ?? 0), high: minutes(eta?.highSeconds ?? 0) },
  };
}

/** All of its pictures are there, by the plan of now, and none of them was there before. */
function isBought({ record: { images } }: SkuEntry): boolean {
  return images.length > 0 && images.every(({ reused, outdated }) => !reused && !outdated);
}

/** What the slot cost, without what was made while the batch was made otherwise. */
function costOfPlan({ costUsd, tries = [] }: ImageRecord): number {
  return tries.reduce((left, one) => (one.outdated ? left - one.costUsd : left), costUsd);
}

function rangeOf(costs: readonly number[]): { low: number; high: number } | null {
  if (costs.length < 2) return null;
  const mean = sum(costs) / costs.length;
  const variance = sum(costs.map((cost) => (cost - mean) ** 2)) / (costs.length - 1);
  const half = 1.96 * Math.sqrt(variance / costs.length);
  return { low: Math.max(0, mean - half), high: mean + half };
}

const minutes = (seconds: number) => Math.round((seconds / 60) * 100) / 100;
