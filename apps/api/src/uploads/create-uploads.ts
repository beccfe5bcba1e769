import type { IncomingMessage } from 'node:http';
import type { PictureWork } from '@image-studio/imaging/pool';
import type { StudioApi } from '@image-studio/queue';
import type { Logger, UploadConfig } from '@image-studio/runtime';
import { type ObjectStore, uploadKey } from '@image-studio/storage';
import { createDownloadSlots } from '../http/download-slots.ts';
import { createKeepPhoto } from './keep-photos.ts';
import { createPhotoSpool } from './photo-spool.ts';
import { type ReceivedPhoto, receivePhotos } from './receive-photos.ts';

/** Photos that clients upload, as handlers see them. */
export interface Uploads {
  limits: Pick<UploadConfig, 'keepDays'>;
  /** Takes the photos of one request. Rejects with a `ProblemError`. */
  receive(request: IncomingMessage, tenant: string): Promise<ReceivedPhoto[]>;
  /** Deletes a photo of a tenant; one that is not there is fine. */
  drop(tenant: string, sha256: string): Promise<void>;
  close(): Promise<void>;
}

export interface UploadsDeps {
  api: StudioApi;
  store: ObjectStore;
  pictures: Pick<PictureWork, 'examine' | 'close'>;
  config: UploadConfig;
  log: Pick<Logger, 'warn'>;
}

/** Each holds a connection and a file of its own, little memory; half of them are for one tenant. */
const AT_ONCE = { altogether: 64, ofTenant: 32 };
const SWEEP_MS = 600_000;

/** Opens the API's side of uploads. */
export function createUploads({ api, store, pictures, config, log }: UploadsDeps): Uploads {
  const spool = createPhotoSpool(config.folder);
  const keep = createKeepPhoto({ api, store, pictures, limits: config });
  const slots = createDownloadSlots(
    AT_ONCE,
    'Too many uploads are arriving at the moment; try again shortly.',
  );
  const sweep = () =>
    void spool.sweep().catch((err: unknown) => log.warn({ err }, 'leftovers of uploads were not deleted'));
  sweep();
  const timer = setInterval(sweep, SWEEP_MS).unref();
  return {
    limits: config,
    async receive(request, tenant) {
      const leave = slots.enter(tenant);
      try {
        return await receivePhotos(request, tenant, { spool, keep, maxBytes: config.maxBytes });
      } finally {
        leave();
      }
    },
    async drop(tenant, sha256) {
      await api.forgetUpload(tenant, sha256);
      await store.delete(uploadKey(tenant, sha256));
    },
    async close() {
      clearInterval(timer);
      await pictures.close();
    },
  };
}
