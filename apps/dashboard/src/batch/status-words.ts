import type { BatchView } from '@image-studio/contract';
import { translate } from '../text/translate.ts';

/** What a batch's status leaves out: `111 failed · 3 to review`. Empty when all is well. */
export function statusWords({ counts }: Pick<BatchView, 'counts'>): string {
  return [
    ...(counts.failed > 0 ? [translate('statusFailed', { n: counts.failed })] : []),
    ...(counts.needsReview > 0 ? [translate('statusToReview', { n: counts.needsReview })] : []),
  ].join(' · ');
}
