import type { SkuView } from '@image-studio/contract';
import { translate } from '../text/translate.ts';

/** What was submitted about the product: its attributes, the title first. */
export function ProductFacts({ sku }: { sku: SkuView }) {
  const attributes = Object.entries(sku.attributes ?? {}).filter(([name]) => name !== 'title');
  if (attributes.length === 0) return null;
  return (
    <section class="panel-part">
      <h2>{translate('attributes')}</h2>
      <dl class="product-facts small">
        {attributes.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
