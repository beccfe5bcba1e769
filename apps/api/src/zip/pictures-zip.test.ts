import type { ImageRecord } from '@image-studio/contract';
import type { ManifestSku } from '@image-studio/manifest';
import { describe, expect, test } from '@jest/globals';
import { picturesZip } from './pictures-zip.ts';

const PICTURE = Buffer.alloc(1_000_000, 7);

async function* skusOf(count: number): AsyncGenerator<ManifestSku> {
  for (let index = 0; index < count; index += 1) {
    const key = `image-studio/S${index}/a_main.webp`;
    const image = { key, slot: 'main', format: 'webp' } as ImageRecord;
    const record = { stage: null, attempts: 1, timeline: [], images: [image] };
    yield { index, input: { sku: `S${index}`, images: [] }, state: 'completed', record };
  }
}

async function* manifest() {
  yield 'sku\r\n';
}

describe('picturesZip', () => {
  test('reads no faster than its reader takes, and not at all when the reader has left', async () => {
    let reads = 0;
    const get = async () => {
      reads += 1;
      return PICTURE;
    };
    const zip = picturesZip({
      store: { get, check: async () => {} },
      manifest: manifest(),
      skus: skusOf(500),
    });
    let taken = 0;
    for await (const chunk of zip) {
      taken += chunk.length;
      // Read ahead: four, and what the stream itself keeps ready.
      expect(reads - Math.floor(taken / PICTURE.length)).toBeLessThanOrEqual(8);
      if (taken > 20 * PICTURE.length) break;
    }
    const readBefore = reads;
    await new Promise((resolve) => setImmediate(resolve));
    expect(reads).toBe(readBefore);
  });

  test('leaves rejected pictures out', async () => {
    const skus = async function* () {
      for await (const sku of skusOf(2)) {
        const [image] = sku.record.images;
        if (sku.index === 0 && image) image.review = { decision: 'rejected', at: '2026-11-24T00:00:00Z' };
        yield sku;
      }
    };
    const chunks: Uint8Array[] = [];
    const store = { get: async () => Buffer.from('x'), check: async () => {} };
    for await (const chunk of picturesZip({ store, manifest: manifest(), skus: skus() })) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('latin1');
    expect(text).not.toContain('S0/main.webp');
    expect(text).toContain('S1/main.webp');
  });
});
