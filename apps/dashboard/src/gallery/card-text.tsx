import type { SkuBrief } from '../state/sku-brief.ts';
import { checkSentence } from '../text/check-words.ts';
import { translate } from '../text/translate.ts';

/** Code and state in two lines: of a failure its reason, of a picture that needs review the check it failed. */
export function CardText({ sku }: { sku: SkuBrief }) {
  const { tone, words } = stateLine(sku);
  return (
    <div class="sku-card-text">
      <span class="sku-card-code" title={sku.sku}>
        {sku.sku}
      </span>
      <span class={`sku-card-state sku-card-${tone}`} title={words}>
        {words}
      </span>
    </div>
  );
}

function stateLine({ state, stage, failure, failing: own = [], images }: SkuBrief): {
  tone: string;
  words: string;
} {
  if (state === 'failed' && failure) return { tone: state, words: translate(`failure_${failure.code}`) };
  const failing = [...own, ...images.flatMap((image) => image.failing)][0];
  if (state === 'needsReview' && failing) return { tone: state, words: checkSentence(failing) };
  if (state === 'active' && stage) return { tone: state, words: `${translate(stage)}…` };
  if (images.length > 0 && images.every(({ decision }) => decision === 'approved'))
    return { tone: state, words: translate('approved') };
  return { tone: state, words: translate(state) };
}
