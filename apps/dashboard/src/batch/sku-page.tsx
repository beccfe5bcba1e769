import type { SkuView } from '@image-studio/contract';
import { useMemo } from 'preact/hooks';
import type { SkuFilter } from '../state/batch-state.ts';
import { language } from '../text/translate.ts';
import { batchHash } from '../ui/route.ts';
import { SkuCard } from './sku-card.tsx';

/** Some of the cards: a change, four times a second, redraws and lays out the pages it is in, not a thousand cards. */
export function SkuPage(props: {
  batchId: string;
  self: string | undefined;
  filter: SkuFilter;
  skus: SkuView[];
}) {
  const { batchId, self, filter, skus } = props;
  return useMemo(
    () => (
      <ul class="sku-grid">
        {skus.map((sku) => (
          <SkuCard key={sku.sku} sku={sku} self={self} href={batchHash(batchId, filter, sku.sku)} />
        ))}
      </ul>
    ),
    [batchId, self, filter.state, filter.reason, filter.q, language.get(), ...skus],
  );
}
