import { useEffect, useRef } from 'preact/hooks';
import type { SkuList } from '../state/sku-list.ts';
import { translate } from '../text/translate.ts';
import type { CardActions } from './card-actions.ts';
import type { Place } from './cursor.ts';
import { GAP_PX, type GalleryKind } from './grid-layout.ts';
import { SkuCard } from './sku-card.tsx';
import { useFocusAtRing } from './use-focus-at-ring.ts';
import { useRowsInView } from './use-rows-in-view.ts';
import './sku-gallery.css';

/**
 * A grid of which only the rows near the screen exist. It is as high from the start as it will ever be, and every SKU
 * has its place, so nothing moves while pages and pictures come in.
 */
export function SkuGallery(props: {
  list: SkuList;
  kind: GalleryKind;
  self: string | undefined;
  /** Where the ring is. */
  place: Place;
  /** Raised when the keyboard has moved the ring: then the focus follows. */
  focusTick: number;
  selected: ReadonlySet<string>;
  isSelecting: boolean;
  actions: CardActions;
  onShow: (first: number, last: number) => void;
  onLayout: (columns: number, rowsPerScreen: number) => void;
}) {
  const { list, kind, self, place, focusTick, selected, isSelecting, actions, onShow, onLayout } = props;
  const box = useRef<HTMLDivElement>(null);
  const rows = useRowsInView(box, list.count, kind);
  const columns = rows?.layout.columns ?? 1;
  const rowHeightPx = rows?.layout.rowHeightPx ?? 0;

  useEffect(() => {
    if (!rows) return;
    onShow(rows.first * columns, (rows.last + 1) * columns - 1);
    onLayout(columns, Math.max(1, Math.floor(innerHeight / rowHeightPx) - 1));
  }, [rows, list.count]);

  useFocusAtRing(box, place, focusTick);

  const rowCount = Math.ceil(list.count / columns);
  const heightPx = rows ? Math.max(0, rowCount * rowHeightPx - GAP_PX) : 0;
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows of a table cannot be placed by a transform
    <div
      ref={box}
      role="grid"
      aria-label={translate('gallery')}
      aria-describedby="gallery-keys"
      aria-rowcount={rowCount}
      aria-colcount={columns}
      aria-multiselectable="true"
      class={`gallery gallery-${kind}`}
      style={{ height: `${heightPx}px` }}
      onFocusIn={({ target }) => {
        const position = target instanceof HTMLElement ? target.dataset.position : undefined;
        if (position !== undefined) actions.focus(Number(position));
      }}
    >
      {rows &&
        rowsToDraw(rows.first, rows.last, Math.floor(place.position / columns), rowCount).map((row) => (
          // biome-ignore lint/a11y/useSemanticElements: as above
          // biome-ignore lint/a11y/useFocusableInteractive: its cells are
          <div
            key={row}
            role="row"
            aria-rowindex={row + 1}
            class="gallery-row"
            style={{
              transform: `translateY(${row * rowHeightPx}px)`,
              height: `${rows.layout.cardHeightPx}px`,
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            }}
          >
            {Array.from({ length: Math.min(columns, list.count - row * columns) }, (_, column) => {
              const position = row * columns + column;
              const sku = list.at(position);
              return (
                <SkuCard
                  key={sku?.sku ?? position}
                  {...{ position, sku, kind, self, isSelecting, actions }}
                  column={column}
                  isCurrent={position === place.position}
                  hasRing={position === place.position && place.sku !== undefined}
                  isSelected={sku !== undefined && selected.has(sku.sku)}
                />
              );
            })}
          </div>
        ))}
    </div>
  );
}

/** The rows in view, and the one that has the focus: without it, a key pressed after scrolling would go nowhere. */
function rowsToDraw(first: number, last: number, focused: number, count: number): number[] {
  if (count === 0) return [];
  const rows = Array.from({ length: last - first + 1 }, (_, place) => first + place);
  return rows.includes(focused) || focused >= count ? rows : [...rows, focused];
}
