import {
  type BatchOptions,
  type BatchPlan,
  imagesPerSku,
  poolsOf,
  type SkuInput,
} from '@image-studio/contract';
import {
  chooseSources,
  type HasDigest,
  inputBudget,
  modelPlans,
  type PlanContext,
  planCalls,
  priceOf,
  type SkuCall,
} from '@image-studio/planning';
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

/** Provider batches have been seen to take minutes to a day; nothing is promised but the deadline. */
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
  const usd = { low: 0, high: 0 };
  for await (const chunk of chunks) {
    total += chunk.length * imagesPerSku(options);
    const planned = chunk.map((sku) => planSku({ options, sku, plan }));
    const digests = await api.recallSources(planned.flatMap(({ sources }) => sources));
    const calls = planned.flatMap(({ context, sources }) => {
      const known = digests.splice(0, sources.length);
      return callsOf(context, known);
    });
    const paid = await arePaid(api, tenant, calls);
    calls.forEach((call, position) => {
      // Equal calls inside the batch are made once.
      if (paid[position] || (call.known && seen.has(call.callKey))) reused += 1;
      else addPrice(usd, call);
      if (call.known) seen.add(call.callKey);
    });
  }
  const calls = total - reused;
  const eta = await api.estimate(calls, total, poolsOf(plan));
  const { low = 0, high = 0 } = { low: eta?.lowSeconds, high: eta?.highSeconds };
  const interactive: LaneQuote = {
    costUsd: costRange(usd),
    hours: { low: hundredths(low / 3600), high: hundredths(high / 3600) },
    worstUsd: cents(usd.high * COST_RANGE.high),
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

/** At worst the provider makes nothing in time: then all is made one by one, at the full price, by whichever of its models. */
function economyQuote(
  usd: { low: number; high: number },
  factor: number,
  { deadline }: BatchOptions,
): LaneQuote {
  const high = deadline === undefined ? ECONOMY_HOURS.high : (Date.parse(deadline) - Date.now()) / 3_600_000;
  return {
    costUsd: rangeOf(usd.low * factor),
    hours: { low: Math.min(ECONOMY_HOURS.low, hundredths(high)), high: hundredths(high) },
    worstUsd: cents(usd.high * COST_RANGE.high),
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

/** A call as the wished model makes it. */
export interface QuotedCall extends SkuCall<HasDigest> {
  /** Whether its photos have been seen. Nobody can have paid for a call of others. */
  known: boolean;
  /** Its names in the ledger, by each model that may make it. */
  names: { callKey: string; commonKey?: string }[];
  /** Dollars, by the wished model and by the dearest one that may make it. */
  usd: { low: number; high: number };
}

/** The calls of one SKU; those of photos that nobody has seen have keys that nobody can have paid for. */
export function callsOf(context: PlanContext, digests: (string | null)[]): QuotedCall[] {
  const inputs = digests.map((sha256) => ({ sha256: sha256 ?? 'unknown' }));
  const [first, ...others] = modelPlans(context.plan);
  const byOthers = others.map((model) => ({
    ...model,
    calls: planCalls({ ...context, plan: model.plan }, inputs),
  }));
  return planCalls(context, inputs).map((call, position) => {
    const able = byOthers.flatMap(({ plan, calls, covers }) => {
      const same = calls[position];
      return same && covers(same) ? [{ call: same, usd: priceOf(plan, same) }] : [];
    });
    const low = priceOf(first.plan, call);
    return {
      ...call,
      known: call.inputs.every(({ sha256 }) => sha256 !== 'unknown'),
      names: [call, ...able.map((other) => other.call)].map(({ callKey, commonKey }) => ({
        callKey,
        ...(commonKey !== undefined && { commonKey }),
      })),
      usd: { low, high: Math.max(low, ...able.map((other) => other.usd)) },
    };
  });
}

/** Which of the calls have been paid for, whichever of their models made them. */
export async function arePaid(
  api: Pick<StudioApi, 'findPaid'>,
  tenant: string,
  calls: readonly QuotedCall[],
): Promise<boolean[]> {
  const paid = await api.findPaid(
    tenant,
    calls.flatMap(({ names }) => names),
  );
  return calls.map(({ names }) => paid.splice(0, names.length).includes(true));
}

export function addPrice(sum: { low: number; high: number }, { usd }: QuotedCall): void {
  sum.low += usd.low;
  sum.high += usd.high;
}

export function costRange(usd: { low: number; high: number }): { low: number; high: number } {
  return { low: cents(usd.low * COST_RANGE.low), high: cents(usd.high * COST_RANGE.high) };
}

export const cents = (usd: number) => Math.round(usd * 1e4) / 1e4;
const hundredths = (value: number) => Math.round(value * 100) / 100;
const minutes = (seconds: number) => hundredths(seconds / 60);
