import type { SkuInput } from '@image-studio/contract';
import type { StudioApi } from '@image-studio/queue';
import { type Quote, quoteChunks } from '../quote-batch.ts';
import type { RouteContext } from '../routes/context.ts';
import type { Warning } from '../submission/warning.ts';
import { inChunks, type PullDeps, type PullOrder, readPull } from './pull-feed.ts';

/** What a pull of a feed would make, and cost. */
export interface FeedQuote {
  quote: Quote;
  dialect: string;
  items: number;
  changed: number;
  /** Of what changed. */
  photos: number;
  /** The first that changed. */
  sample: SkuInput[];
  warnings: Warning[];
}

const SAMPLE_SKUS = 5;

/** Fetches a feed as a pull does and estimates what has changed in it; nothing is submitted, and nothing is noted. */
export async function quoteFeed(
  deps: Pick<PullDeps, 'store' | 'fetchFeed' | 'planFor' | 'outgoing'> & {
    traitsOf: RouteContext['traitsOf'];
    api: Pick<StudioApi, 'recallSources' | 'findPaid' | 'estimate'>;
  },
  order: PullOrder,
): Promise<FeedQuote> {
  const { tenant, options } = order;
  const { now, changed, dialect, warnings } = await readPull(deps, order);
  let photos = 0;
  let sample: SkuInput[] = [];
  async function* counted(): AsyncGenerator<SkuInput[]> {
    for await (const skus of inChunks(changed)) {
      photos += skus.reduce((sum, { images }) => sum + images.length, 0);
      if (sample.length === 0) sample = skus.slice(0, SAMPLE_SKUS);
      yield skus;
    }
  }
  const plan = deps.planFor(tenant, options);
  const { batchPriceFactor } = deps.traitsOf(options);
  const quote = await quoteChunks(deps.api, { tenant, plan, batchPriceFactor }, options, counted());
  return {
    quote,
    dialect,
    items: now.size,
    changed: changed.count,
    photos,
    sample,
    warnings,
  };
}
