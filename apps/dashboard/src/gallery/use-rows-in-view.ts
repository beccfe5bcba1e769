import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import { type GalleryKind, type GridLayout, gridLayout, rowsInView } from './grid-layout.ts';

export interface RowsInView {
  layout: GridLayout;
  first: number;
  last: number;
}

/** Which rows of the grid in `box` are near the screen, as the page scrolls and changes size. */
export function useRowsInView(
  box: RefObject<HTMLElement | null>,
  count: number,
  kind: GalleryKind,
): RowsInView | null {
  const [rows, setRows] = useState<RowsInView | null>(null);
  useLayoutEffect(() => {
    let frame = 0;
    const look = (): void => {
      frame = 0;
      if (!box.current) return;
      const { top, width } = box.current.getBoundingClientRect();
      if (width === 0) return;
      const layout = gridLayout(width, kind);
      const { first, last } = rowsInView(layout, count, top, innerHeight);
      setRows((old) => {
        const isSame = old?.first === first && old.last === last && equal(old.layout, layout);
        return isSame ? old : { layout, first, last };
      });
    };
    const lookSoon = (): void => {
      frame ||= requestAnimationFrame(look);
    };
    look();
    // What stands above the grid may grow, too, so the whole page is watched.
    const sizes = new ResizeObserver(lookSoon);
    sizes.observe(document.body);
    addEventListener('scroll', lookSoon, { passive: true });
    addEventListener('resize', lookSoon);
    return () => {
      cancelAnimationFrame(frame);
      sizes.disconnect();
      removeEventListener('scroll', lookSoon);
      removeEventListener('resize', lookSoon);
    };
  }, [count, kind]);
  return rows;
}

function equal(a: GridLayout, b: GridLayout): boolean {
  return a.columns === b.columns && a.cardHeightPx === b.cardHeightPx;
}
