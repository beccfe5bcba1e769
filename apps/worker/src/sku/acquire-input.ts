import type { ImageKind, StoredInput } from '@image-studio/contract';
import type { PictureWork, PrepareLimits } from '@image-studio/imaging/pool';
import type { SourceRef } from '@image-studio/planning';
import type { SourceDigests } from '@image-studio/queue';
import { inputKey, type ObjectStore } from '@image-studio/storage';
import type { Downloader, HeldPhoto } from '../sources/download.ts';
import { readUploadedPhoto, uploadedDigest } from '../sources/read-uploaded-photo.ts';
import type { SkuProgress } from './sku-progress.ts';

export interface AcquireDeps {
  downloader: Downloader;
  store: ObjectStore;
  pictures: PictureWork;
  sources: SourceDigests;
  limits: Omit<PrepareLimits, 'maxBytes' | 'maxSide' | 'keepAlpha'>;
}

/** Most photos are here by then; a supplier that takes longer may take its time without holding others up. */
const OVERCOMMIT_AFTER_MS = 1000;

/**
 * Brings one photo, of a supplier or uploaded, into the object store as the model will get it: download → prepare → `inputs/<sha256>`.
 * The photo's bytes are held only as long as this runs.
 */
export async function acquireInput(
  deps: AcquireDeps,
  source: SourceRef,
  options: {
    kind: ImageKind;
    maxBytes: number;
    maxSide: number;
    keepAlpha: boolean;
    /** Whose memory of photos remembers it. */
    scope: string;
    /** Whose uploaded photos it may be. */
    tenant: string;
    progress: SkuProgress;
    signal: AbortSignal;
    /** Another SKU may start beyond the concurrency until the returned function is called. */
    overcommit(): () => void;
  },
): Promise<StoredInput> {
  const { downloader, store, pictures } = deps;
  const { kind, progress, tenant, signal } = options;
  let held: HeldPhoto | undefined;
  const download = async () => {
    const sha256 = uploadedDigest(source.url);
    held = await overcommitting(options.overcommit, () =>
      sha256 === undefined
        ? downloader.download(source, { signal })
        : readUploadedPhoto({ store, memory: downloader.memory }, source, { sha256, tenant, signal }),
    );
    return held.photo;
  };
  try {
    const photo = await progress.stage('download', kind, download, ({ data }) => data.length);
    return await progress.stage(
      'prepare',
      kind,
      async () => {
        const { maxBytes, maxSide, keepAlpha, scope } = options;
        const limits = { ...deps.limits, maxBytes, maxSide, keepAlpha };
        // While it waits for a core, too, the photo counts as in flight.
        const input = await pictures.prepare(photo, limits, signal).finally(held?.release);
        const key = inputKey(input.sha256, input.mime);
        await store.put(key, input.data, { contentType: input.mime, signal });
        const { url, name, stem } = source;
        await deps.sources.remember({ url, maxBytes, maxSide, scope }, input.sha256);
        return {
          key,
          sha256: input.sha256,
          mime: input.mime,
          bytes: input.data.length,
          source: { url, name, stem },
        };
      },
      ({ bytes }) => bytes,
    );
  } finally {
    // Also when the SKU was taken away between the two stages.
    held?.release();
  }
}

async function overcommitting<T>(overcommit: () => () => void, work: () => Promise<T>): Promise<T> {
  let end: (() => void) | undefined;
  const timer = setTimeout(() => {
    end = overcommit();
  }, OVERCOMMIT_AFTER_MS);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
    end?.();
  }
}
