import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { usablePictures } from '@image-studio/manifest';
import { BatchGone, type BatchState, type SkuEntry, type StudioApi } from '@image-studio/queue';

export interface FeedSource {
  api: Pick<StudioApi, 'batch' | 'batches' | 'everySku'>;
  /** A link that holds for good. */
  linkOf(key: string): Promise<string>;
  title: string;
  link: string;
}

/** Batches of one name that a feed looks back to. */
const MOST_BATCHES = 100;
/** Google's limit beside the main one. */
const MOST_ADDITIONAL = 10;

/** The batches that a feed is made of, newest first: the one with this id, else all with this name. */
export async function batchesOfFeed(
  api: FeedSource['api'],
  tenant: string,
  name: string,
): Promise<BatchState[]> {
  const one = await api.batch(name, tenant);
  if (one !== null) return [one];
  const found: BatchState[] = [];
  for (let cursor: string | null = ''; cursor !== null && found.length < MOST_BATCHES; ) {
    const page: Awaited<ReturnType<StudioApi['batches']>> = await api.batches({
      tenant,
      q: name,
      limit: 100,
      ...(cursor !== '' && { cursor }),
    });
    found.push(...page.items.filter((batch) => batch.name === name));
    cursor = page.nextCursor;
  }
  return found.slice(0, MOST_BATCHES);
}

/** Another one whenever anything in one of its batches has changed, and with `extra`; costs no look at any SKU. */
export function feedEtag(batches: readonly BatchState[], extra: string): string {
  const parts = batches.map(({ id, seq }) => `${id} ${seq}`);
  const digest = createHash('sha256')
    .update(['1', extra, ...parts].join('\n'))
    .digest('base64url');
  return `"${digest.slice(0, 24)}"`;
}

/** A batch that is deleted meanwhile has no more of them: the feed goes on with the others. */
async function* skusOf(api: Pick<StudioApi, 'everySku'>, batchId: string): AsyncGenerator<SkuEntry> {
  try {
    yield* api.everySku(batchId);
  } catch (error) {
    if (!(error instanceof BatchGone)) throw error;
  }
}

/**
 * A supplemental feed for Google Merchant Center (RSS 2.0): `id`, `image_link` and `additional_image_link` of every SKU with an
 * approved picture. Of a SKU in several batches, those of the newest that has one.
 */
export async function* googleFeed(
  batches: readonly BatchState[],
  { api, linkOf, title, link }: FeedSource,
): AsyncGenerator<string> {
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">\n<channel>\n<title>${escaped(title)}</title>\n<link>${escaped(link)}</link>\n<description>Approved pictures</description>\n`;
  const seen = new Set<string>();
  for (const batch of batches) {
    for await (const entry of skusOf(api, batch.id)) {
      const { sku } = entry.input;
      const pictures = seen.has(sku) ? [] : usablePictures(entry, batch.options);
      if (pictures.length === 0) continue;
      seen.add(sku);
      const [main = '', ...more] = await Promise.all(
        pictures.slice(0, 1 + MOST_ADDITIONAL).map(({ key }) => linkOf(key)),
      );
      const additional = more.map(
        (url) => `<g:additional_image_link>${escaped(url)}</g:additional_image_link>`,
      );
      yield `<item><g:id>${escaped(sku)}</g:id><g:image_link>${escaped(main)}</g:image_link>${additional.join('')}</item>\n`;
      await nextTurn();
    }
  }
  yield '</channel>\n</rss>\n';
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
