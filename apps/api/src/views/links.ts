import { createAddressGuard } from '@image-studio/address-guard';
import { StageError } from '@image-studio/contract';
import { linkHour, type ObjectStore } from '@image-studio/storage';

/** Makes the absolute addresses that answers hold. */
export interface Links {
  batch(id: string): string;
  batchLinks(id: string): Record<string, string>;
  audit(id: string): Record<string, string>;
  object(key: string): Promise<string>;
  /** With `key` the link opens without an API key. */
  feed(name: string, key?: string): string;
  /** A picture in such a feed; never expires. */
  feedPicture(feedId: string, signature: string, key: string): string;
  /** Until when (ISO) links to objects hold that are made now; `null`: for good. */
  expiry(): string | null;
  /** Where links to objects lead, and whether anybody outside can get there, as far as the address gives it away. */
  reach(): Promise<{ host: string; isPublic: boolean }>;
}

export function createLinks(publicUrl: string, store: Pick<ObjectStore, 'url' | 'linkTtlSeconds'>): Links {
  const batch = (id: string) => `${publicUrl}/api/v1/batches/${encodeURIComponent(id)}`;
  const object = async (key: string) => new URL(await store.url(key), `${publicUrl}/`).href;
  return {
    batch,
    batchLinks: (id) => ({
      self: batch(id),
      skus: `${batch(id)}/skus`,
      manifest: `${batch(id)}/manifest.json`,
      images: `${batch(id)}/images.zip`,
      exports: `${batch(id)}/exports`,
      feed: `${batch(id)}/feed`,
      pause: `${batch(id)}/pause`,
      resume: `${batch(id)}/resume`,
      cancel: `${batch(id)}/cancel`,
      retry: `${batch(id)}/retry`,
      remark: `${batch(id)}/remark`,
      review: `${batch(id)}/review`,
      summary: `${batch(id)}/summary`,
      sample: `${batch(id)}/sample`,
    }),
    audit: (id) => {
      const audit = `${publicUrl}/api/v1/audits/${encodeURIComponent(id)}`;
      return {
        self: audit,
        pictures: `${audit}/pictures`,
        export: `${audit}/export`,
        batch: `${audit}/batch`,
      };
    },
    object,
    feed: (name, key) =>
      `${publicUrl}/api/v1/feeds/${encodeURIComponent(name)}.xml${key === undefined ? '' : `?key=${key}`}`,
    feedPicture: (feedId, signature, key) => {
      const path = key.split('/').map(encodeURIComponent).join('/');
      return `${publicUrl}/api/v1/feeds/${feedId}/${signature}/${path}`;
    },
    expiry: () =>
      store.linkTtlSeconds === undefined
        ? null
        : new Date(linkHour().getTime() + store.linkTtlSeconds * 1000).toISOString(),
    async reach() {
      const url = new URL(await object('image-studio/a'));
      return { host: url.host, isPublic: isPublic(url) };
    },
  };
}

const OUTSIDE = createAddressGuard({ allowPrivate: false, allowOrigins: [] });

function isPublic(url: URL): boolean {
  try {
    OUTSIDE.check(url);
    return true;
  } catch (error) {
    if (!(error instanceof StageError)) throw error;
    return false;
  }
}
