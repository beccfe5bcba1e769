/** `pairs` shows supplier photo and result side by side, `results` the result alone. */
export type GalleryKind = 'pairs' | 'results';

/** Pixels between cards, as in sku-gallery.css. */
export const GAP_PX = 12;
/** Two lines of text under a card's picture, as in sku-card.css. */
const TEXT_PX = 62;
/** Narrowest card, and fewest columns: two results side by side fit a phone of 360 px. */
const SHAPES = {
  pairs: { narrowestPx: 272, fewest: 1, picturesPerCard: 2 },
  results: { narrowestPx: 172, fewest: 2, picturesPerCard: 1 },
} as const;

/** Where cards stand. Every row is as high as every other, so a place follows from a number alone. */
export interface GridLayout {
  columns: number;
  cardHeightPx: number;
  /** From one row to the next. */
  rowHeightPx: number;
}

/** Lays cards out over `widthPx`. */
export function gridLayout(widthPx: number, kind: GalleryKind): GridLayout {
  const { narrowestPx, fewest, picturesPerCard } = SHAPES[kind];
  const columns = Math.max(fewest, Math.floor((widthPx + GAP_PX) / (narrowestPx + GAP_PX)));
  const cardWidthPx = (widthPx - GAP_PX * (columns - 1)) / columns;
  const cardHeightPx = Math.round(cardWidthPx / picturesPerCard) + TEXT_PX;
  return { columns, cardHeightPx, rowHeightPx: cardHeightPx + GAP_PX };
}

/** Rows above and below the screen that are drawn, too: a flick of the wheel finds them there. */
const OVERSCAN_ROWS = 3;

/** First and last row to draw when the grid's top stands `topPx` below the top of a screen of `screenPx`. */
export function rowsInView(
  layout: GridLayout,
  count: number,
  topPx: number,
  screenPx: number,
): { first: number; last: number } {
  const lastRow = Math.ceil(count / layout.columns) - 1;
  const first = Math.floor(-topPx / layout.rowHeightPx) - OVERSCAN_ROWS;
  const last = Math.floor((screenPx - topPx) / layout.rowHeightPx) + OVERSCAN_ROWS;
  return { first: clamp(first, 0, lastRow), last: clamp(last, 0, lastRow) };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}
