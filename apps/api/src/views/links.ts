import type { ObjectStore } from '@image-studio/storage';

/** Makes the absolute addresses that answers hold. */
export interface Links {
  batch(id: string): string;
  batchLinks(id: string): Record<string, string>;
  object(key: string): Promise<string>;
}

export function createLinks(publicUrl: string, store: Pick<ObjectStore, 'url'>): Links {
  const batch = (id: string) => `${publicUrl}/api/v1/batches/${encodeURIComponent(id)}`;
  return {
    batch,
    batchLinks: (id) => ({
      self: batch(id),
      skus: `${batch(id)}/skus`,
      manifest: `${batch(id)}/manifest.json`,
      images: `${batch(id)}/images.zip`,
      pause: `${batch(id)}/pause`,
      resume: `${batch(id)}/resume`,
      cancel: `${batch(id)}/cancel`,
      retry: `${batch(id)}/retry`,
      review: `${batch(id)}/review`,
      summary: `${batch(id)}/summary`,
    }),
    object: async (key) => new URL(await store.url(key), `${publicUrl}/`).href,
  };
}
