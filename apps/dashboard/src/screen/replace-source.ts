import type { SkuView } from '@image-studio/contract';
import type { StudioClient } from '../api/studio-client.ts';

/**
 * Puts an address or a file in the place of one of a SKU's photos. A failed SKU is tried again at once; of another one the
 * next picture is made from it. `batchPath` is the batch in REST. Rejects with `ProblemError`.
 */
export async function replaceSource(
  client: StudioClient,
  batchPath: string,
  { sku, state, sources = [] }: SkuView,
  url: string,
  by: string | File,
): Promise<void> {
  const next = typeof by === 'string' ? by : await upload(client, by);
  const images = sources.map((source) => ({
    url: source.url === url ? next : source.url,
    // The name belongs to the photo that was there.
    ...(source.url !== url && { name: source.name }),
  }));
  // They come with the main one first, and so it stays.
  await client.patch(`${batchPath}/skus/${encodeURIComponent(sku)}`, { images, photoOrder: 'given' });
  if (state === 'failed') await client.post(`${batchPath}/retry`, { skus: [sku] });
}

async function upload(client: StudioClient, file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const { url } = await client.submit<{ url: string }>('photos', bytes, {
    contentType: 'application/octet-stream',
  });
  return url;
}
