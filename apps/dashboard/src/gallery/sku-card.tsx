import type { SkuBrief } from '../state/sku-brief.ts';
import { translate } from '../text/translate.ts';
import { memo } from '../ui/memo.ts';
import { CardPictures } from './card-pictures.tsx';
import { CardText } from './card-text.tsx';
import type { GalleryKind } from './grid-layout.ts';
import type { CardDeeds } from './sku-gallery.tsx';
import './sku-card.css';

/** One SKU of the gallery. Drawn anew only when something about it changes. */
export const SkuCard = memo(function SkuCard(props: {
  position: number;
  column: number;
  /** `undefined` while its page is on the way. */
  sku: SkuBrief | undefined;
  kind: GalleryKind;
  self: string | undefined;
  isCurrent: boolean;
  isSelected: boolean;
  isSelecting: boolean;
  deeds: CardDeeds;
}) {
  const { position, column, sku, kind, self, isCurrent, isSelected, isSelecting, deeds } = props;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid hears the keys of its cells
    // biome-ignore lint/a11y/useSemanticElements: a cell of sku-gallery's grid
    <div
      role="gridcell"
      aria-colindex={column + 1}
      aria-selected={isSelected}
      aria-label={sku ? label(sku) : translate('loading')}
      tabIndex={isCurrent ? 0 : -1}
      data-position={position}
      data-sku={sku?.sku}
      class={['sku-card', isSelected && 'sku-card-selected', isSelecting && 'sku-card-selecting']
        .filter(Boolean)
        .join(' ')}
      onClick={(event) => deeds.press(position, event)}
    >
      {sku ? (
        <>
          <CardPictures sku={sku} kind={kind} self={self} />
          <CardText sku={sku} />
          {/* The keyboard selects by Space; this is for the mouse and the finger. */}
          <span
            class="sku-card-mark"
            aria-hidden="true"
            onClick={(event) => {
              event.stopPropagation();
              deeds.mark(position, event);
            }}
          />
        </>
      ) : (
        <div class="sku-card-empty" aria-hidden="true" />
      )}
    </div>
  );
});

function label({ sku, state, images }: SkuBrief): string {
  const decisions = images.flatMap(({ decision }) => (decision ? [translate(decision)] : []));
  return [sku, translate(state), ...new Set(decisions)].join(', ');
}
