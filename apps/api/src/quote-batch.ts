import { type BatchOptions, type BatchPlan, imagesPerSku, type SkuInput } from '@image-studio/contract';
import { chooseSources, inputBudget, type PlanContext, planCalls, priceOf } from '@image-studio/planning';
import type { SourceIdentity, StudioApi } from '@image-studio/queue';
import { inChunks } from './http/in-chunks.ts';

export interface Quote {
  /** Calls that would be made. */
  calls: number;
  /** Pictures that are paid for already. */
  reused: number;
  costUsd: { low: number; high: number };
  minutes: { low: number; high: number };
  /** The same for each lane; `null`: the model has no such lane. */
  lanes: { interactive: LaneQuote; economy: LaneQuote | null };
}

/** `worstUsd`: what it costs at most when everything that can go wrong with the lane does. */
export interface LaneQuote {
  costUsd: { low: number; high: number };
  hours: { low: number; high: number };
  worstUsd: number;
}

/** Batches of the provider's have been seen to take minutes to a day; nothing is promised but the deadline. */
const ECONOMY_HOURS = { low: 1, high: 24 };

/** One call in twenty has to be made again; thinking and text are a guess that is rarely used up. */
export const COST_RANGE = { low: 0.9, high: 1.05 };

/** What a SKU's calls would be made of, as far as it can be known before its photos are there. */
export interface PlannedSku {
  context: PlanContext;
  sources: SourceIdentity[];
}

/**
 * What a batch would cost, without enqueuing anything. A picture counts as paid for when its photos, as last seen at
 * their URLs, with these words and this model, have been paid for; a URL that nobody has fetched yet is a call.
 */
export function quoteBatch(
  api: QuoteApi,
  whose: Whose,
  options: BatchOptions,
  skus: SkuInput[],
): Promise<Quote> {
  return quoteChunks(api, whose, options, inChunks(skus));
}

interface Whose {
  tenant: string;
  plan: BatchPlan;
  /** Of the model, where its provider makes batches of calls. */
  batchPriceFactor?: number | undefined;
}

type QuoteApi = Pick<StudioApi, 'recallSources' | 'findPaid' | 'estimate'>;

/** The same for SKUs that come bit by bit. */
export async function quoteChunks(
  api: QuoteApi,
  { tenant, plan, batchPriceFactor }: Whose,
  options: BatchOptions,
  chunks: AsyncIterable<SkuInput[]>,
): Promise<Quote> {
  let total = 0;
  const seen = new Set<string>();
  let reused = 0;
  let usd = 0;
  for await (const chunk of chunks) {
    total += chunk.length * imagesPerSku(options);
    const planned = chunk.map((sku) => planSku({ options, sku, plan }));
    const digests = await api.recallSources(planned.flatMap(({ sources }) => sources));
    const calls = planned.flatMap(({ context, sources }) => {
      const known = digests.splice(0, sources.length);
      return callsOf(context, known);
    });
    const paid = await api.findPaid(tenant, calls);
    calls.forEach((call, position) => {
      // Equal calls inside the batch are made once.
      if (paid[position] || (call.known && seen.has(call.callKey))) reused += 1;
      else usd += priceOf(plan, call);
      if (call.known) seen.add(call.callKey);
    });
  }
  const calls = total - reused;
  const eta = await api.estimate(calls, total, plan.pool);
  const { low = 0, high = 0 } = { low: eta?.lowSeconds, high: eta?.highSeconds };
  const interactive: LaneQuote = {
    costUsd: rangeOf(usd),
    hours: { low: hundredths(low / 3600), high: hundredths(high / 3600) },
    worstUsd: cents(usd * COST_RANGE.high),
  };
  const economy = batchPriceFactor === undefined ? null : economyQuote(usd, batchPriceFactor, options);
  const isEconomy = options.lane === 'economy' && economy !== null;
  return {
    calls,
    reused,
    costUsd: isEconomy ? economy.costUsd : interactive.costUsd,
    minutes: isEconomy
      ? { low: economy.hours.low * 60, high: economy.hours.high * 60 }
      : { low: minutes(low), high: minutes(high) },
    lanes: { interactive, economy },
  };
}

/** At worst the provider makes nothing in time: then all is made one by one, at the full price. */
function economyQuote(usd: number, factor: number, { deadline }: BatchOptions): LaneQuote {
  const high = deadline === undefined ? ECONOMY_HOURS.high : (Date.parse(deadline) - Date.now()) / 3_600_000;
  return {
    costUsd: rangeOf(usd * factor),
    hours: { low: Math.min(ECONOMY_HOURS.low, hundredths(high)), high: hundredths(high) },
    worstUsd: cents(usd * COST_RANGE.high),
  };
}

const rangeOf = (usd: number) => ({
  low: cents(usd * COST_RANGE.low),
  high: cents(usd * COST_RANGE.high),
});

export function planSku(context: PlanContext): PlannedSku {
  const { photos, maxBytes, maxSide } = inputBudget(context);
  const { main, others } = chooseSources(context.sku);
  return {
    context,
    sources: [main, ...others]
      .slice(0, photos)
      .map(({ url }) => ({ url, maxBytes, maxSide, scope: context.plan.scope })),
  };
}

/** The calls of one SKU; those of photos that nobody has seen have keys that nobody can have paid for. */
export function callsOf(context: PlanContext, digests: (string | null)[]) {
  const inputs = digests.map((sha256) => ({ sha256: sha256 ?? 'unknown' }));
  return planCalls(context, inputs).map((call) => ({
    ...call,
    known: call.inputs.every(({ sha256 }) => sha256 !== 'unknown'),
  }));
}

export const cents = (usd: number) => Math.round(usd * 1e4) / 1e4;
const hundredths = (value: number) => Math.round(value * 100) / 100;
const minutes = (seconds: number) => hundredths(seconds / 60);
