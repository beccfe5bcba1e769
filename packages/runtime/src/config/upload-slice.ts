import { join, resolve } from 'node:path';
import { z } from 'zod';
import { PhotoLimits } from './source-slice.ts';
import { variable } from './variable.ts';

/** Photos that clients upload. */
export interface UploadConfig {
  /** Days after its last upload when a photo is deleted; 0: never. */
  keepDays: number;
  /** Bytes of all photos of one tenant; 0: no limit. */
  maxBytesOfTenant: number;
  /** Bounds of one photo, the same as of a download. */
  maxBytes: number;
  maxPixels: number;
  minPixels: number;
  /** Where photos lie while they arrive; absolute. */
  folder: string;
}

/** As long as prepared photos and answers together: a batch may wait for a while, and be retried. */
const KEEP_DAYS = 30;
/** About 17,000 photos of 3 MB. */
const MAX_BYTES_OF_TENANT = 50 * 1024 ** 3;

const keepDays = { KEEP_UPLOADS_DAYS: variable.integer(KEEP_DAYS, { min: 0, max: 36_500 }) };

/** Days after its last upload when a photo is deleted, for the processes that do it. */
export const KeepUploadsSlice = z.object(keepDays).transform((env) => env.KEEP_UPLOADS_DAYS);

export const UploadSlice = z
  .object({
    ...keepDays,
    UPLOADS_MAX_BYTES: variable.integer(MAX_BYTES_OF_TENANT, { min: 0 }),
    STUDIO_DATA_DIR: z.string().default('.data'),
    ...PhotoLimits,
  })
  .transform(
    (env): UploadConfig => ({
      keepDays: env.KEEP_UPLOADS_DAYS,
      maxBytesOfTenant: env.UPLOADS_MAX_BYTES,
      maxBytes: env.SOURCE_MAX_BYTES,
      maxPixels: env.SOURCE_MAX_PIXELS,
      minPixels: env.SOURCE_MIN_PIXELS,
      folder: join(resolve(env.STUDIO_DATA_DIR), 'uploads'),
    }),
  );
