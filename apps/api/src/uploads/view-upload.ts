import type { Upload } from '@image-studio/queue';
import { z } from 'zod';

/** An uploaded photo as REST shows it. */
export const UploadView = z
  .object({
    sha256: z.string(),
    /** Names it in `images[].url`. */
    url: z.string(),
    width: z.int(),
    height: z.int(),
    bytes: z.int(),
    /** `null`: it is kept for good. */
    expiresAt: z.string().nullable(),
  })
  .meta({ id: 'Photo' });
export type UploadView = z.infer<typeof UploadView>;

const DAY_MS = 86_400_000;

export function viewUpload({ sha256, width, height, bytes, at }: Upload, keepDays: number): UploadView {
  const expires = expiryOf(at, keepDays);
  const expiresAt = expires === null ? null : new Date(expires).toISOString();
  return { sha256, url: `photo:${sha256}`, width, height, bytes, expiresAt };
}

/** When a photo is deleted that was last uploaded at `at`, ms; `null`: never. */
export function expiryOf(at: number, keepDays: number): number | null {
  return keepDays === 0 ? null : at + keepDays * DAY_MS;
}
