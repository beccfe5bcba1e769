import { randomBytes } from 'node:crypto';
import type { ModelInput, PictureWork } from '@image-studio/imaging/pool';
import type { ObjectStore } from '@image-studio/storage';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createDownloader, type Downloader } from '../sources/download.ts';
import { type AcquireDeps, acquireInput } from './acquire-input.ts';
import type { SkuProgress } from './sku-progress.ts';

const PHOTO = randomBytes(200_000);

let supplier: Supplier;
let downloader: Downloader;

beforeEach(async () => {
  supplier = await startSupplier();
  downloader = createDownloader({
    maxBytes: PHOTO.length,
    maxBytesInFlight: 2 * PHOTO.length - 1,
    timeoutMs: 20_000,
    connectTimeoutMs: 5_000,
    retries: 0,
    allowPrivate: false,
    allowOrigins: [supplier.origin],
  });
});

afterEach(async () => {
  await downloader.close();
  await supplier.close();
});

test.each([
  ['are prepared', () => {}, () => {}],
  ['cannot be prepared', throwing, () => {}],
  ['are not wanted any more', () => {}, throwing],
])(
  'photos that wait for a core count against the memory of downloads, and no longer once they %s',
  async (_how, end, noteDownloaded) => {
    const count = 6;
    let waiting = 0;
    let most = 0;
    const prepare = async () => {
      most = Math.max(most, ++waiting);
      // Nobody lets go before every supplier has been asked.
      while (supplier.requests.length < count) await new Promise(setImmediate);
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
      waiting--;
      end();
      return { sha256: 'a'.repeat(64), mime: 'image/jpeg', data: PHOTO } as ModelInput;
    };
    const deps = {
      downloader,
      pictures: { prepare } as unknown as PictureWork,
      store: { put: async () => {} } as unknown as ObjectStore,
      sources: { remember: async () => {} } as unknown as AcquireDeps['sources'],
      limits: { maxPixels: 1, minSide: 1 },
    };
    const progress = {
      async stage(stage: string, _kind: string, work: () => Promise<unknown>) {
        const result = await work();
        if (stage === 'download') noteDownloaded();
        return result;
      },
    };
    const url = supplier.serve('/photo.jpg', PHOTO);
    const acquired = Array.from({ length: count }, () =>
      acquireInput(
        deps,
        { url, name: 'photo.jpg', stem: 'photo' },
        {
          kind: 'main',
          maxBytes: 1e6,
          maxSide: 1,
          keepAlpha: false,
          scope: '',
          tenant: 'default',
          progress: progress as unknown as SkuProgress,
          signal: new AbortController().signal,
          overcommit: () => () => {},
        },
      ).catch((error: Error) => error.message),
    );
    const ends = await Promise.all(acquired);
    expect(ends).toHaveLength(count);
    expect(most).toBe(noteDownloaded === throwing ? 0 : 1);
  },
);

function throwing(): never {
  throw new Error('no picture');
}
