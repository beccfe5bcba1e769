import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { movedBy, WHOLE, type Zoom, zoomAt } from './zoom.ts';

const STEP = 1.4;

export interface ZoomControl {
  zoom: Zoom;
  /** Whole, or one pixel of the picture on one of the screen: `at` in shares of a pane. */
  toggle(at?: [x: number, y: number]): void;
  step(by: 1 | -1): void;
  /** Listeners of the element that holds the panes. */
  handlers: {
    onWheel(event: WheelEvent): void;
    onDblClick(event: MouseEvent): void;
    onPointerDown(event: PointerEvent): void;
    onPointerMove(event: PointerEvent): void;
    onPointerUp(event: PointerEvent): void;
    onPointerCancel(event: PointerEvent): void;
  };
}

/**
 * Wheel, drag and pinch over panes that show the same part. `pane` is one of them, of which all have the size; `subject` names what
 * is seen: another one is seen whole. `width` and `height` are its pixels.
 */
export function useZoom(
  pane: RefObject<HTMLElement | null>,
  subject: string,
  { width, height }: { width: number; height: number },
): ZoomControl {
  const [zoom, setZoom] = useState(WHOLE);
  useEffect(() => setZoom(WHOLE), [subject]);
  const held = useRef(new Map<number, PointerEvent>());

  const placeOf = (
    { clientX, clientY }: { clientX: number; clientY: number },
    within: Element,
  ): [number, number] => {
    const box = within.getBoundingClientRect();
    return [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
  };
  /** Where in its pane an event happened. */
  const placeIn = (event: MouseEvent): [number, number] => {
    const under = event.target instanceof Element ? event.target.closest('.pane') : null;
    return under ? placeOf(event, under) : [0.5, 0.5];
  };
  const fullScale = (): number => {
    const frame = pane.current;
    if (!frame) return 1;
    const box = frame.getBoundingClientRect();
    // The picture lies within the border.
    const across = box.width - (frame.offsetWidth - frame.clientWidth);
    const down = box.height - (frame.offsetHeight - frame.clientHeight);
    const fitted = Math.min(across / width, down / height);
    return Math.max(1, 1 / (fitted * devicePixelRatio));
  };
  const toggle: ZoomControl['toggle'] = ([x, y] = [0.5, 0.5]) =>
    setZoom((old) => (old.scale > 1 ? WHOLE : zoomAt(WHOLE, fullScale(), x, y)));
  const release = (event: PointerEvent): void => void held.current.delete(event.pointerId);

  return {
    zoom,
    toggle,
    step: (by) => setZoom((old) => zoomAt(old, STEP ** by, 0.5, 0.5)),
    handlers: {
      onWheel: (event) => {
        event.preventDefault();
        const [x, y] = placeIn(event);
        setZoom((old) => zoomAt(old, Math.exp(-event.deltaY / 400), x, y));
      },
      onDblClick: (event) => toggle(placeIn(event)),
      onPointerDown: (event) => {
        if (event.button === 0) held.current.set(event.pointerId, event);
      },
      onPointerMove: (event) => {
        const before = held.current.get(event.pointerId);
        const box = pane.current?.getBoundingClientRect();
        if (!before || !box) return;
        held.current.set(event.pointerId, event);
        const [x, y] = [event.clientX - before.clientX, event.clientY - before.clientY];
        const other = [...held.current.values()].find(({ pointerId }) => pointerId !== event.pointerId);
        setZoom((old) => {
          if (!other) return movedBy(old, x / box.width, y / box.height);
          const apart = (one: PointerEvent): number =>
            Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
          const middle = {
            clientX: (event.clientX + other.clientX) / 2,
            clientY: (event.clientY + other.clientY) / 2,
          };
          return zoomAt(
            old,
            apart(event) / Math.max(1, apart(before)),
            ...placeOf(middle, pane.current as Element),
          );
        });
      },
      onPointerUp: release,
      onPointerCancel: release,
    },
  };
}
