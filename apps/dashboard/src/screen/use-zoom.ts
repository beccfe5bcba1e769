import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { isWhole, movedBy, scaledTo, WHOLE, type Zoom, zoomAt } from './zoom.ts';

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
 * is seen: another one is seen whole. `width` and `height` are its pixels. Whoever has come closer sees a pixel as large as before when the
 * panes become others (`layout` names how they stand) or change their size.
 */
export function useZoom(
  pane: RefObject<HTMLElement | null>,
  { subject, layout }: { subject: string; layout: string },
  { width, height }: { width: number; height: number },
): ZoomControl {
  const [zoom, setZoom] = useState(WHOLE);
  /** Pixels of the screen that one pixel of the picture takes when the whole of it is seen. */
  const fittedScale = (): number | null => {
    const frame = pane.current;
    if (!frame) return null;
    const box = frame.getBoundingClientRect();
    // The picture lies within the border.
    const across = box.width - (frame.offsetWidth - frame.clientWidth);
    const down = box.height - (frame.offsetHeight - frame.clientHeight);
    return Math.min(across / width, down / height) * devicePixelRatio || null;
  };
  const fitted = useRef<number | null>(null);
  useLayoutEffect(() => {
    fitted.current = null;
    setZoom(WHOLE);
  }, [subject]);
  useLayoutEffect(() => {
    if (!pane.current) return;
    const sizes = new ResizeObserver(() => {
      const [before, now] = [fitted.current, fittedScale()];
      fitted.current = now;
      if (before === null || now === null || before === now) return;
      setZoom((old) => (isWhole(old) ? old : scaledTo(old, (old.scale * before) / now, 0.5, 0.5)));
    });
    sizes.observe(pane.current);
    return () => sizes.disconnect();
  }, [subject, layout]);
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
  const toggle: ZoomControl['toggle'] = ([x, y] = [0.5, 0.5]) =>
    setZoom((old) => (isWhole(old) ? scaledTo(WHOLE, 1 / (fittedScale() ?? 1), x, y) : WHOLE));
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
