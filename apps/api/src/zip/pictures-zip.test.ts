import { type ImageRecord, StageError } from '@image-studio/contract';
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
    const zip = await picturesZip({
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
    for await (const chunk of await picturesZip({ store, manifest: manifest(), skus: skus() }))
      chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('latin1');
    expect(text).not.toContain('S0/main.webp');
    expect(text).toContain('S1/main.webp');
  });

  describe('when the store hangs', () => {
    const never = (signal?: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    const away = { code: 'STORE_UNAVAILABLE' };
    let waiting = 0;

    /** Answers `answers` reads, then nothing any more. */
    function storeThatHangs(answers: number) {
      let left = answers;
      waiting = 0;
      return {
        check: never,
        async get(_key: string, { signal }: { signal?: AbortSignal } = {}) {
          left -= 1;
          if (left >= 0) return PICTURE;
          waiting += 1;
          return never(signal).finally(() => {
            waiting -= 1;
          });
        },
      };
    }

    test('says so before the first byte, after twice its patience, and leaves no read behind', async () => {
      const store = storeThatHangs(0);
      const zip = picturesZip({ store, manifest: manifest(), skus: skusOf(50), patienceMs: 20 });
      await expect(zip).rejects.toMatchObject(away);
      expect(waiting).toBe(0);
    });

    test('in the middle, breaks off and leaves no read behind', async () => {
      const store = storeThatHangs(3);
      const zip = await picturesZip({ store, manifest: manifest(), skus: skusOf(50), patienceMs: 20 });
      const reading = (async () => {
        for await (const _ of zip);
      })();
      await expect(reading).rejects.toMatchObject(away);
      expect(waiting).toBe(0);
    });

    test('and its reader leaves, leaves no read behind', async () => {
      const store = storeThatHangs(1);
      const zip = await picturesZip({ store, manifest: manifest(), skus: skusOf(50) });
      for (let taken = 0; taken < PICTURE.length; ) taken += (await zip.next()).value?.length ?? 0;
      expect(waiting).toBeGreaterThanOrEqual(4);
      await zip.return(undefined);
      expect(waiting).toBe(0);
    });

    test('on one picture only, waits for it', async () => {
      let give = (_: Buffer) => {};
      const slow = new Promise<Buffer>((resolve) => {
        give = resolve;
      });
      let checks = 0;
      const check = async () => {
        checks += 1;
        give(PICTURE);
      };
      const store = { check, get: () => slow };
      const zip = await picturesZip({ store, manifest: manifest(), skus: skusOf(1), patienceMs: 20 });
      for await (const _ of zip);
      expect(checks).toBe(1);
    });
  });

  test('when pictures fail one by one says so before the first byte, and else in errors.txt', async () => {
    const fails = (count: number) => {
      let left = count;
      const get = async () => {
        left -= 1;
        if (left >= 0) throw new StageError('STORE_UNAVAILABLE', 'the body stopped', { verdict: 'retry' });
        return PICTURE;
      };
      return { get, check: async () => {} };
    };
    const zipOf = (store: ReturnType<typeof fails>) =>
      picturesZip({ store, manifest: manifest(), skus: skusOf(10) });
    await expect(zipOf(fails(10))).rejects.toThrow('the body stopped');
    let text = '';
    for await (const chunk of await zipOf(fails(3))) text += Buffer.from(chunk).toString('latin1');
    expect(text).toContain('S2/main.webp: the body stopped');
    expect(text).not.toContain('S3/main.webp: ');
  });
});
