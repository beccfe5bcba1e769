import type { StoredInput } from '@image-studio/contract';
import { productWords } from '@image-studio/planning';
import { SHARED_PHOTO, type SkuOutcome } from '@image-studio/queue';
import type { SkuWork } from './sku-work.ts';

/**
 * Ends a SKU that has no picture yet as `needsReview` when many other products have the same main photo: suppliers send a
 * "no image available" under a hundred codes, and each would be a call. `null`: it may go on. A person lets the whole group
 * go on with one decision.
 */
export async function holdSharedPhoto(work: SkuWork, main: StoredInput): Promise<SkuOutcome | null> {
  const { job, begun, progress } = work;
  if (progress.record.images.length > 0) return null;
  const isAsked = begun.options.sharedPhotos !== 'allow';
  // Without words a SKU is counted, and never held.
  const words = isAsked ? productWords(begun.input.attributes) : [];
  const { skus, isHeld } = await job.notePhoto(main.sha256, words);
  if (!isHeld) return null;
  progress.record.stage = null;
  progress.record.photoKey = main.key;
  progress.record.checks = [
    {
      rule: SHARED_PHOTO,
      measured: `${skus} SKUs with different titles have this photo`,
      required: 'a photo that shows this product',
      pass: false,
    },
  ];
  progress.setFailure(undefined);
  await job.finish('needsReview', progress.record);
  return { next: 'done' };
}
