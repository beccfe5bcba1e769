import { useMemo, useRef, useState } from 'preact/hooks';
import type { SkuBrief } from '../state/sku-brief.ts';
import type { SkuList } from '../state/sku-list.ts';
import type { CardActions } from './card-actions.ts';
import { type Cursor, cursorAfter, cursorAt, movedBy, type Place, placeOf, settle } from './cursor.ts';
import { extendTo, NOTHING, rangeTo, type Selection, toggle } from './selection.ts';

/** What the keys and clicks of the gallery lead to, outside of it. */
export interface GalleryOrders {
  /** Something stands over the gallery. When it closes, the browser gives the focus to the card that had it before. */
  isCovered: boolean;
  open(sku: string): void;
  /** A key that is not about moving or selecting; `sku` is the one that has the ring. */
  command(key: string, sku: SkuBrief | undefined, isShifted: boolean): boolean;
  /** Reads the positions that a range reaches over. */
  readRange(first: number, last: number): Promise<void>;
  /** The codes of all SKUs that the filter leaves at this moment. */
  readCodes(): Promise<string[]>;
}

export interface GalleryControl {
  list: SkuList;
  place: Place;
  /** Raised when the focus has to go where the ring is. */
  focusTick: number;
  selection: Selection;
  isSelecting: boolean;
  actions: CardActions;
  setSelecting(on: boolean): void;
  /** Chooses what the filter leaves now; what comes later is not among it. */
  selectAll(): void;
  /** Goes on to the next SKU, as after a decision. */
  advance(): void;
  /** Gives the ring to the SKU before or after, without the focus; returns that one if there is one. */
  step(by: -1 | 1): SkuBrief | undefined;
  /** Brings the card with the ring onto the screen, and the focus to it. */
  show(): void;
  /** Gives the ring to a SKU without the focus. */
  goTo(index: number): void;
  /** A key of the page; returns whether it was one of the gallery's. */
  press(event: KeyboardEvent): boolean;
  onLayout(columns: number, rowsPerScreen: number): void;
}

/**
 * Ring, selection and keys of the gallery. `scope` names the list: another one begins at its start, without a
 * selection. `listWith` is the list in which the SKU with that index is kept.
 */
export function useGallery(
  listWith: (kept: number | undefined) => SkuList,
  scope: string,
  orders: GalleryOrders,
): GalleryControl {
  const [, redraw] = useState({});
  const [focusTick, setFocusTick] = useState(0);
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const [isSelecting, setSelecting] = useState(false);
  // A reference, so that two keys between two drawings are about two SKUs.
  const ring = useRef<{ scope: string; cursor: Cursor }>({ scope, cursor: { position: 0 } });
  if (ring.current.scope !== scope) {
    ring.current = { scope, cursor: { position: 0 } };
    setSelection(NOTHING);
  }
  const list = keptList(ring.current, listWith);
  const layout = useRef({ columns: 1, rowsPerScreen: 1 });
  const now = useRef({ list, orders, selection, isSelecting, scope });
  now.current = { list, orders, selection, isSelecting, scope };

  const control = useMemo(() => {
    const put = (cursor: Cursor, withFocus: boolean): void => {
      ring.current = { ...ring.current, cursor: settle(now.current.list, cursor) };
      redraw({});
      if (withFocus) setFocusTick((tick) => tick + 1);
    };
    const place = (): Place => placeOf(now.current.list, ring.current.cursor);
    const mark = (position: number, isRange: boolean): void => {
      if (!isRange) {
        setSelection((old) => toggle(old, now.current.list, position));
        return;
      }
      const extend = (): void => setSelection((old) => extendTo(old, now.current.list, position));
      extend();
      // What lies beyond the screen may not have been read yet.
      const range = rangeTo(now.current.selection, now.current.list, position);
      void now.current.orders.readRange(...range).then(extend, () => {});
    };
    const selectAll = (): void => {
      const asked = now.current.scope;
      void now.current.orders.readCodes().then(
        (codes) => now.current.scope === asked && setSelection({ codes: new Set(codes), anchor: null }),
        () => {},
      );
    };
    const actions: CardActions = {
      press: (position, event) => {
        const { list: all, selection: chosen, isSelecting: isMarking } = now.current;
        const marks = event.shiftKey || event.ctrlKey || event.metaKey || isMarking || chosen.codes.size > 0;
        put(cursorAt(all, position), false);
        const sku = all.at(position)?.sku;
        if (marks) mark(position, event.shiftKey);
        else if (sku !== undefined) now.current.orders.open(sku);
      },
      mark: (position, event) => {
        put(cursorAt(now.current.list, position), false);
        mark(position, event.shiftKey);
      },
      focus: (position) => {
        const { list: all, orders: to } = now.current;
        // The ring may have gone on meanwhile, from picture to picture on the whole screen.
        if (to.isCovered) return;
        const at = place();
        const isThere = at.position === position && at.sku?.index === all.at(position)?.index;
        if (!isThere) put(cursorAt(all, position), false);
      },
    };
    const press = (event: KeyboardEvent): boolean => {
      const { list: all, orders: to } = now.current;
      const isModified = event.ctrlKey || event.metaKey;
      if (isModified && event.key.toLowerCase() === 'a') {
        selectAll();
        return true;
      }
      if (isModified || event.altKey) return false;
      const at = place();
      const next = movedBy(event.key, at.position, { ...layout.current, count: all.count });
      if (next !== null) {
        if (event.shiftKey) {
          const anchor = now.current.selection.anchor ?? all.at(at.position)?.index ?? null;
          setSelection((old) => extendTo({ ...old, anchor: old.anchor ?? anchor }, all, next));
        }
        put(cursorAt(all, next), true);
        return true;
      }
      if (event.key === ' ') mark(at.position, event.shiftKey);
      else if (event.key !== 'Enter') return to.command(event.key.toLowerCase(), at.sku, event.shiftKey);
      else if (at.sku) to.open(at.sku.sku);
      return true;
    };
    return {
      actions,
      press,
      selectAll,
      advance: () => put(cursorAfter(now.current.list, ring.current.cursor), true),
      step: (by: -1 | 1) => {
        const { list: all } = now.current;
        const { cursor } = ring.current;
        if (!('index' in cursor)) return undefined;
        const next = all.at(all.positionOf(by === 1 ? cursor.index + 1 : cursor.index) + (by === 1 ? 0 : -1));
        if (next) put({ index: next.index }, false);
        return next;
      },
      show: () => setFocusTick((tick) => tick + 1),
      goTo: (index: number) => put({ index }, false),
      onLayout: (columns: number, rowsPerScreen: number) => {
        layout.current = { columns, rowsPerScreen };
      },
    };
  }, []);

  return {
    ...control,
    list,
    place: placeOf(list, ring.current.cursor),
    focusTick,
    selection,
    isSelecting: isSelecting || selection.codes.size > 0,
    setSelecting: (on) => {
      setSelecting(on);
      if (!on) setSelection(NOTHING);
    },
  };
}

/** The list with the SKU that has the ring in it, and the ring at a SKU as soon as that is known. */
function keptList(ring: { cursor: Cursor }, listWith: (kept: number | undefined) => SkuList): SkuList {
  const isAtSku = 'index' in ring.cursor;
  const list = listWith('index' in ring.cursor ? ring.cursor.index : undefined);
  if (isAtSku) return list;
  ring.cursor = settle(list, ring.cursor);
  return 'index' in ring.cursor ? listWith(ring.cursor.index) : list;
}
