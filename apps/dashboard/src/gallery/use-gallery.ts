import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { SkuBrief } from '../state/sku-brief.ts';
import type { SkuList } from '../state/sku-list.ts';
import { type Cursor, cursorAt, followCursor, movedBy } from './cursor.ts';
import { extendTo, isSelected, NOTHING, type Selection, toggle } from './selection.ts';
import type { CardDeeds } from './sku-gallery.tsx';

/** What the keys and clicks of the gallery lead to, outside of it. */
export interface GalleryOrders {
  open(sku: string): void;
  /** A letter that is not about moving or selecting; `sku` is the one that the cursor stands at. */
  command(key: string, sku: SkuBrief | undefined): boolean;
  /** Reads the positions that a range reaches over. */
  readRange(first: number, last: number): Promise<void>;
}

export interface GalleryControl {
  cursor: Cursor;
  focusTick: number;
  selection: Selection;
  isSelecting: boolean;
  isSelected: (sku: string) => boolean;
  deeds: CardDeeds;
  select(selection: Selection): void;
  setSelecting(on: boolean): void;
  /** Goes on to the next SKU, as after a decision. */
  advance(): void;
  goTo(position: number): void;
  onLayout(columns: number, rowsPerScreen: number): void;
}

/** Cursor, selection and keys of the gallery. `scope` names the list: another one begins without a selection. */
export function useGallery(list: SkuList, scope: string, orders: GalleryOrders): GalleryControl {
  const [cursor, setCursor] = useState<Cursor>({ position: 0, sku: undefined });
  const [focusTick, setFocusTick] = useState(0);
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const [isSelecting, setSelecting] = useState(false);
  useEffect(() => {
    setSelection(NOTHING);
    setCursor(cursorAt(list, 0));
  }, [scope]);

  const place = followCursor(list, cursor);
  const layout = useRef({ columns: 1, rowsPerScreen: 1 });
  const now = useRef({ list, orders, place, selection, isSelecting });
  now.current = { list, orders, place, selection, isSelecting };

  const control = useMemo(() => {
    const goTo = (position: number, withFocus: boolean): void => {
      setCursor(cursorAt(now.current.list, position));
      if (withFocus) setFocusTick((tick) => tick + 1);
    };
    const mark = (position: number, isRange: boolean): void => {
      if (!isRange) {
        setSelection((old) => toggle(old, now.current.list, position));
        return;
      }
      const anchor = now.current.selection.anchor ?? position;
      const [first, last] = [Math.min(anchor, position), Math.max(anchor, position)];
      const extend = (): void => setSelection((old) => extendTo(old, now.current.list, position));
      extend();
      // What lies beyond the screen may not have been read yet.
      void now.current.orders.readRange(first, last).then(extend, () => {});
    };
    const deeds: CardDeeds = {
      open: (position) => {
        const sku = now.current.list.at(position)?.sku;
        goTo(position, false);
        if (sku !== undefined) now.current.orders.open(sku);
      },
      press: (position, event) => {
        const { selection: chosen, isSelecting: isMarking } = now.current;
        const marks = event.shiftKey || event.ctrlKey || event.metaKey || isMarking || chosen.codes.size > 0;
        goTo(position, false);
        if (marks || chosen.isAll) mark(position, event.shiftKey);
        else deeds.open(position);
      },
      mark: (position, event) => {
        goTo(position, false);
        mark(position, event.shiftKey);
      },
      focus: (position) => {
        if (position >= 0 && position !== now.current.place.position) goTo(position, false);
      },
      key: (event) => {
        if (handle(event)) event.preventDefault();
      },
    };
    const handle = (event: KeyboardEvent): boolean => {
      const { list: all, place: at, orders: to } = now.current;
      const isModified = event.ctrlKey || event.metaKey;
      if (isModified && event.key.toLowerCase() === 'a') {
        setSelection({ ...NOTHING, isAll: true });
        return true;
      }
      if (isModified || event.altKey) return false;
      const next = movedBy(event.key, at.position, { ...layout.current, count: all.count });
      if (next !== null) {
        if (event.shiftKey) {
          setSelection((old) => extendTo({ ...old, anchor: old.anchor ?? at.position }, all, next));
        }
        goTo(next, true);
        return true;
      }
      if (event.key === 'Enter') deeds.open(at.position);
      else if (event.key === ' ') mark(at.position, event.shiftKey);
      else return to.command(event.key.toLowerCase(), all.at(at.position));
      return true;
    };
    return {
      deeds,
      advance: () => goTo(now.current.place.position + 1, true),
      goTo: (position: number) => goTo(position, false),
      onLayout: (columns: number, rowsPerScreen: number) => {
        layout.current = { columns, rowsPerScreen };
      },
    };
  }, []);

  return {
    ...control,
    cursor: place,
    focusTick,
    selection,
    isSelecting: isSelecting || selection.isAll || selection.codes.size > 0,
    isSelected: (sku) => isSelected(selection, sku),
    select: setSelection,
    setSelecting: (on) => {
      setSelecting(on);
      if (!on) setSelection(NOTHING);
    },
  };
}
