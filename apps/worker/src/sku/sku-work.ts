import type { BegunSku, Ledger, SkuJob } from '@image-studio/queue';
import type { ImageModel } from '../model/image-model.ts';
import type { AcquireDeps } from './acquire-input.ts';
import type { SkuDiary, StageObserver } from './sku-diary.ts';

export interface SkuProcessorDeps extends AcquireDeps {
  ledger: Ledger;
  model: ImageModel;
  observer: StageObserver;
}

/** One start of a SKU's job, with everything its steps use. */
export interface SkuWork extends SkuProcessorDeps {
  job: SkuJob;
  begun: BegunSku;
  diary: SkuDiary;
}
