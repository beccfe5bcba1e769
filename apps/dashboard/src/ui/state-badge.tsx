import type { SkuState } from '@image-studio/contract';
import type { BatchStanding } from '../batch/batch-standing.ts';
import { translate } from '../text/translate.ts';
import './state-badge.css';

/** The state of a batch or SKU as a word with its colour. */
export function StateBadge({ state }: { state: BatchStanding | SkuState }) {
  const words = translate(state === 'noWorkers' || state === 'aiPaused' ? `standing_${state}` : state);
  return <span class={`badge badge-${state}`}>{words}</span>;
}
