import type { SkuView } from '@image-studio/contract';
import { useMemo } from 'preact/hooks';
import { formatBytes } from '../text/format.ts';
import { language } from '../text/translate.ts';
import { StateBadge } from '../ui/state-badge.tsx';
import { CardPictures } from './card-pictures.tsx';
import { FailureText } from './failure-text.tsx';
import './sku-card.css';

/** One SKU: supplier photo and finished picture side by side, its state, and what it became or why it failed. */
export function SkuCard({ sku, self, href }: { sku: SkuView; self: string | undefined; href: string }) {
  return useMemo(
    () => (
      <li class="sku-card">
        <CardPictures sku={sku} self={self} />
        <div class="sku-card-text">
          <a href={href} title={sku.sku}>
            {sku.sku}
          </a>
          <StateBadge state={sku.state} />
          {sku.failure && sku.state !== 'completed' ? (
            <FailureText failure={sku.failure} short />
          ) : (
            <span class="small soft">{facts(sku)}</span>
          )}
        </div>
      </li>
    ),
    [sku, self, href, language.get()],
  );
}

function facts({ images: [image] }: SkuView): string {
  if (!image) return '';
  return `${image.width} × ${image.height} · ${image.format.toUpperCase()} · ${formatBytes(image.bytes)}`;
}
