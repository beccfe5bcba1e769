import { StageError } from '@image-studio/contract';
import type { PictureWork } from '@image-studio/imaging/pool';
import type { StudioApi, Upload } from '@image-studio/queue';
import type { UploadConfig } from '@image-studio/runtime';
import { type ObjectStore, uploadKey } from '@image-studio/storage';
import { ProblemError } from '../http/problem-error.ts';
import type { SpooledPhoto } from './photo-spool.ts';

export interface KeepPhotosDeps {
  api: Pick<StudioApi, 'findUploads' | 'noteUpload' | 'uploadedBytes'>;
  store: Pick<ObjectStore, 'head' | 'putFile'>;
  pictures: Pick<PictureWork, 'examine'>;
  limits: Pick<UploadConfig, 'maxBytesOfTenant' | 'maxPixels' | 'minPixels'>;
}

/** What became of an uploaded photo. */
export interface KeptPhoto {
  upload: Upload;
  /** Whether it was there before. */
  isKnown: boolean;
}

/** Takes a photo that has arrived into the store. Rejects with a `ProblemError`, or as the store does. */
export type KeepPhoto = (tenant: string, photo: SpooledPhoto, signal: AbortSignal) => Promise<KeptPhoto>;

/** One that was uploaded within so long is not written again: its age and that of its object hardly differ. */
const FRESH_MS = 86_400_000;

/**
 * Looks at a photo, stores it under its content, and notes whose it is. In this order: who dies between two steps leaves
 * nothing that a second upload does not mend.
 */
export function createKeepPhoto({ api, store, pictures, limits }: KeepPhotosDeps): KeepPhoto {
  const bounds = { maxPixels: limits.maxPixels, minSide: limits.minPixels };
  return async (tenant, { path, sha256, bytes }, signal) => {
    const key = uploadKey(tenant, sha256);
    const [known = null] = await api.findUploads(tenant, [sha256]);
    const isThere = known !== null && (await store.head(key))?.bytes === bytes;
    if (isThere && Date.now() - known.at < FRESH_MS) return { upload: known, isKnown: true };
    if (known === null) await refuseBeyondShare(tenant, bytes);
    const { width, height, mime } = await pictures.examine(path, bounds, signal).catch(toProblem);
    await store.putFile(key, path, { contentType: mime, signal });
    const upload: Upload = { sha256, bytes, width, height, at: Date.now() };
    await api.noteUpload(tenant, upload);
    return { upload, isKnown: isThere };
  };

  async function refuseBeyondShare(tenant: string, bytes: number): Promise<void> {
    const most = limits.maxBytesOfTenant;
    if (most === 0) return;
    const held = await api.uploadedBytes(tenant);
    if (held + bytes <= most) return;
    const detail = `Uploaded photos hold ${megabytes(held)} of ${megabytes(most)}, and this one has ${megabytes(bytes)}; delete some, or wait until old ones expire.`;
    throw new ProblemError(413, 'UPLOADS_FULL', detail);
  }
}

/** The words that a download would end with. */
function toProblem(error: unknown): never {
  if (error instanceof StageError && error.verdict === 'fail' && error.code.startsWith('SOURCE_'))
    throw new ProblemError(422, error.code, error.message, { cause: error });
  throw error;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
