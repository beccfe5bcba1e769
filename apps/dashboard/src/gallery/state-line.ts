import type { SkuBrief } from '../state/sku-brief.ts';
import { checkSentence } from '../text/check-words.ts';
import { failureName } from '../text/failure-words.ts';
import { translate } from '../text/translate.ts';

/** What is to be said of a SKU in one line, and the state whose colour it has. */
export function stateLine({ state, stage, failure, failing: own = [], images }: SkuBrief): {
  tone: string;
  words: string;
} {
  if (state === 'failed' && failure) return { tone: state, words: failureName(failure.code) };
  const failing = [...own, ...images.flatMap((image) => image.failing)][0];
  if (state === 'needsReview' && failing) return { tone: state, words: checkSentence(failing) };
  if (state === 'active' && stage)
    return { tone: state, words: stage === 'generate' ? translate('waitsForAi') : `${translate(stage)}…` };
  if (images.length > 0 && images.every(({ decision }) => decision === 'approved'))
    return { tone: state, words: translate('approved') };
  return { tone: state, words: translate(state) };
}
