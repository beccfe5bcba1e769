import type { BatchPlan } from '@image-studio/contract';
import type { StudioApi } from '@image-studio/queue';

type SampleOrder = Parameters<StudioApi['changeSample']>[1];

/** For tests: the winner of a comparison, as the API takes it: all is made by its plan from now on, and what is listed is outdated. */
export function takeWinner({ plan, model }: { plan: BatchPlan; model: string }): SampleOrder {
  return {
    apply: 'all',
    change: (known) => ({ options: { ...known, model }, plan }),
    outdate: ({ record: { redo: _, ...record } }) => ({
      ...record,
      images: record.images.map((image) => ({ ...image, outdated: true })),
    }),
  };
}
