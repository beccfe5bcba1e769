import { DEFAULT_POOL } from '@image-studio/contract';
import type { PictureWork } from '@image-studio/imaging/pool';
import type { NamedModel } from '@image-studio/runtime';
import type { Downloader } from '../sources/download.ts';
import type { Adapter } from './adapter.ts';
import { createImageModel } from './create-image-model.ts';
import type { ImageModel } from './image-model.ts';

/** The model of one pool of calls. */
export interface PoolModel extends Pick<NamedModel, 'pool' | 'quota' | 'concurrency' | 'timeoutMs'> {
  /** Of the pool, as the queues want it. */
  name: string;
  model: ImageModel;
}

export interface Models {
  /** The one of the default pool. */
  main: ImageModel;
  all(): PoolModel[];
  /** All but that of the default pool. */
  further(): PoolModel[];
  close(): Promise<void>;
}

/** One model for each pool of the catalogue; aliases of the same account share it. */
export function openModels(
  catalogue: readonly NamedModel[],
  adapters: Readonly<Record<string, Adapter>>,
  pictures: Pick<PictureWork, 'inspect' | 'render'>,
  downloader: Pick<Downloader, 'download'>,
): Models {
  const pools = new Map<string, PoolModel>();
  for (const { pool, model, quota, concurrency, timeoutMs } of catalogue) {
    if (pools.has(pool)) continue;
    pools.set(pool, {
      pool,
      name: pool,
      quota,
      model: createImageModel(model, adapters, pictures, downloader),
      ...(concurrency !== undefined && { concurrency }),
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
  }
  const main = pools.get(DEFAULT_POOL)?.model;
  if (!main) throw new Error('a catalogue has a default model');
  return {
    main,
    all: () => [...pools.values()],
    further: () => [...pools.values()].filter(({ pool }) => pool !== DEFAULT_POOL),
    async close() {
      await Promise.all([...pools.values()].map(({ model }) => model.close()));
    },
  };
}
