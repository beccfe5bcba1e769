import type { BatchPlan } from '@image-studio/contract';
import type { Semaphore } from '@image-studio/imaging/pool';
import type { BegunSku, CallLedger, SkuJob } from '@image-studio/queue';
import type { ImageModel } from '../models/image-model.ts';
import type { AcquireDeps } from './acquire-input.ts';
import type { SkuProgress, StageObserver } from './sku-progress.ts';

export interface SkuProcessorDeps extends AcquireDeps {
  ledger: CallLedger;
  model: ImageModel;
  observer: StageObserver;
  /** Pictures that are worked on at once. */
  pictureThreads: number;
}

/** One start of a SKU's job, with everything its steps use. */
export interface SkuWork extends SkuProcessorDeps {
  /** Pictures whose bytes are held, with those of their photos, because they are finished now or soon. */
  inHand: Semaphore;
  job: SkuJob;
  begun: BegunSku;
  progress: SkuProgress;
  /** What its calls are made with. */
  plan: BatchPlan;
}
