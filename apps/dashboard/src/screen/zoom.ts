/** What part of a pane is seen: `scale` 1 is all of it; `x`, `y` are where its top left corner went, in shares of the pane. */
export interface Zoom {
  scale: number;
  x: number;
  y: number;
}

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };
const MOST = 16;

/** Larger or smaller by `factor`, while the point at `x`, `y` (shares of the pane) stays where it is. */
export function zoomAt(zoom: Zoom, factor: number, x: number, y: number): Zoom {
  const scale = Math.min(MOST, Math.max(1, zoom.scale * factor));
  const by = scale / zoom.scale;
  return inside({ scale, x: x - (x - zoom.x) * by, y: y - (y - zoom.y) * by });
}

export function movedBy(zoom: Zoom, x: number, y: number): Zoom {
  return inside({ ...zoom, x: zoom.x + x, y: zoom.y + y });
}

/** Kept so that the pane is covered. */
function inside({ scale, x, y }: Zoom): Zoom {
  const within = (shift: number): number => Math.min(0, Math.max(1 - scale, shift));
  return { scale, x: within(x), y: within(y) };
}
