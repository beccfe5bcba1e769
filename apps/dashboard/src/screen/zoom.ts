/** What part of a pane is seen: `scale` 1 is all of it; `x`, `y` are where its top left corner went, in shares of the pane. */
export interface Zoom {
  scale: number;
  x: number;
  y: number;
}

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };
const MOST = 16;

export const isWhole = ({ scale }: Zoom): boolean => Math.abs(scale - 1) < 1e-6;

/** Larger or smaller by `factor`, while the point at `x`, `y` (shares of the pane) stays where it is. */
export function zoomAt(zoom: Zoom, factor: number, x: number, y: number): Zoom {
  // A loupe may have gone beyond these bounds; nobody is thrown back into them by going on.
  const [least, most] = [Math.min(1, zoom.scale), Math.max(MOST, zoom.scale)];
  return scaledTo(zoom, Math.min(most, Math.max(least, zoom.scale * factor)), x, y);
}

/** As large as `scale` says, also smaller than the pane, while the point at `x`, `y` stays where it is. */
export function scaledTo(zoom: Zoom, scale: number, x: number, y: number): Zoom {
  const by = scale / zoom.scale;
  return inside({ scale, x: x - (x - zoom.x) * by, y: y - (y - zoom.y) * by });
}

export function movedBy(zoom: Zoom, x: number, y: number): Zoom {
  return inside({ ...zoom, x: zoom.x + x, y: zoom.y + y });
}

/** Kept so that the pane is covered; what is smaller than the pane stands in its middle. */
function inside({ scale, x, y }: Zoom): Zoom {
  const within = (shift: number): number =>
    scale < 1 ? (1 - scale) / 2 : Math.min(0, Math.max(1 - scale, shift));
  return { scale, x: within(x), y: within(y) };
}
