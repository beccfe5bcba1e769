import type { BriefSkuView } from '@image-studio/contract';
import { useEffect, useState } from 'preact/hooks';
import type { Studio } from '../studio.ts';
import { translate } from '../text/translate.ts';
import { batchHash } from '../ui/batch-hash.ts';
import { StateBadge } from '../ui/state-badge.tsx';
import './found-sku.css';

interface Found {
  batchId: string;
  batchName: string | null;
  sku: BriefSkuView;
}

/** Whoever searches the list for a SKU finds the batches that have it. Nothing while no batch has one of that code. */
export function FoundSku({ studio: { client }, q }: { studio: Studio; q: string }) {
  const [found, setFound] = useState<readonly Found[]>([]);
  useEffect(() => {
    const ending = new AbortController();
    client.get<{ items: Found[] }>(`skus?${new URLSearchParams({ sku: q })}`, ending.signal).then(
      ({ items }) => setFound(items),
      () => {
        if (!ending.signal.aborted) setFound([]);
      },
    );
    return () => ending.abort();
  }, [client, q]);
  if (found.length === 0) return null;
  return (
    <section class="found-sku" aria-labelledby="found-sku">
      <h2 id="found-sku">{translate('findSku', { sku: q })}</h2>
      <ul>
        {found.map(({ batchId, batchName, sku }) => (
          <li key={batchId}>
            {sku.images[0]?.thumbUrl && <img src={sku.images[0].thumbUrl} alt="" width={40} height={40} />}
            <a href={batchHash(batchId, { q: sku.sku }, sku.sku)}>
              {batchName ?? translate('unnamed', { id: batchId })}
            </a>
            <StateBadge state={sku.state} />
          </li>
        ))}
      </ul>
    </section>
  );
}
