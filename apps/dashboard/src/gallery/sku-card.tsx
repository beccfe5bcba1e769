import { useContext } from 'preact/hooks';
import { MayChange } from '../api/may-change.ts';
import type { SkuBrief } from '../state/sku-brief.ts';
import { serverWords } from '../text/server-words.ts';
import { translate } from '../text/translate.ts';
import { memo } from '../ui/memo.ts';
import type { CardActions } from './card-actions.ts';
import { CardPictures } from './card-pictures.tsx';
import { CardText } from './card-text.tsx';
import type { GalleryKind } from './grid-layout.ts';
import { stateLine } from './state-line.ts';
import './sku-card.css';

/** One SKU of the gallery. Drawn anew only when something about it changes. */
export const SkuCard = memo(function SkuCard(props: {
  position: number;
  column: number;
  /** `undefined` while its page is on the way. */
  sku: SkuBrief | undefined;
  kind: GalleryKind;
  self: string | undefined;
  /** The one that Tab leads to. */
  isCurrent: boolean;
  /** The one that the keys are about. */
  hasRing: boolean;
  isSelected: boolean;
  isSelecting: boolean;
  actions: CardActions;
}) {
  const { position, column, sku, kind, self, isCurrent, hasRing, isSelected, isSelecting, actions } = props;
  const mayChange = useContext(MayChange);
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
      class={[
        'sku-card',
        hasRing && 'sku-card-ring',
        isSelected && 'sku-card-selected',
        isSelecting && 'sku-card-selecting',
      ]
        .filter(Boolean)
        .join(' ')}
      onClick={(event) => actions.press(position, event)}
    >
      {sku ? (
        <>
          <CardText sku={sku} /> <CardPictures sku={sku} kind={kind} self={self} />
          {/* The keyboard selects by Space; this is for the mouse and the finger. */}
          {mayChange && (
            <span
              class="sku-card-mark"
              aria-hidden="true"
              onClick={(event) => {
                event.stopPropagation();
                actions.mark(position, event);
              }}
            />
          )}
        </>
      ) : (
        <div class="sku-card-empty" aria-hidden="true" />
      )}
    </div>
  );
});

/** Begins with what can be read on the card, so that who says it to a computer is understood. */
function label(sku: SkuBrief): string {
  const decisions = sku.images.flatMap(({ decision }) => (decision ? [translate(decision)] : []));
  const { failure } = sku;
  const why = sku.state === 'failed' && sku.images.length === 0 && failure ? serverWords(failure) : '';
  return [...new Set([sku.sku, stateLine(sku).words, why, ...decisions])].filter(Boolean).join(', ');
}
