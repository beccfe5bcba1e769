import type { ImageRecord } from '@image-studio/contract';
import { describeFailures } from '@image-studio/imaging/describe-failures';
import { priceOf } from '@image-studio/planning';
import type { StoredCall } from './paid-picture.ts';
import type { SkuWork } from './sku-work.ts';

/**
 * The one automatic re-prompt: when a first picture failed checks that a model can mend, asks for another one and
 * names the faults. Only where the engine may answer differently (the local one would not), where no round of the slot
 * was asked for before, and while the budget bears it; otherwise a person decides. Returns whether a round was begun.
 */
export async function requestRegeneration(work: SkuWork, call: StoredCall): Promise<boolean> {
  const { job, begun, progress, plan } = work;
  const { record } = progress;
  const image = record.images.find(({ slot }) => slot === call.slot);
  if (!image || plan.engine === 'local' || !isFresh(image) || record.redo?.[call.slot]) return false;
  const faults = describeFailures(image.checks, begun.options.language);
  if (faults === null || !(await job.budgetAllows(priceOf(work.plan, call)))) return false;
  record.redo = { ...record.redo, [call.slot]: { round: 1, faults } };
  await job.note(record);
  return true;
}

/**
 * Whether it is the first picture of its slot, and nobody has judged it. Pictures of earlier versions have no round, and are
 * not asked for again.
 */
function isFresh({ round, review }: ImageRecord): boolean {
  return round === 0 && !review;
}
