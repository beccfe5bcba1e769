import type { SkuBrief } from '../state/sku-brief.ts';
import { stateLine } from './state-line.ts';

/** Code and state in two lines: of a failure its reason, of a picture that needs review the check it failed. */
export function CardText({ sku }: { sku: SkuBrief }) {
  const { tone, words } = stateLine(sku);
  return (
    <div class="sku-card-text">
      <span class="sku-card-code" title={sku.sku}>
        {sku.sku}
      </span>{' '}
      <span class={`sku-card-state sku-card-${tone}`} title={words}>
        {words}
      </span>
    </div>
  );
}
