import type { BatchStatus, SkuState } from '@image-studio/contract';
import { translate } from '../text/translate.ts';
import './state-badge.css';

/** The state of a batch or SKU as a word with its colour. */
export function StateBadge({ state }: { state: BatchStatus | SkuState }) {
  return <span class={`badge badge-${state}`}>{translate(state)}</span>;
}
