/** What lies behind the product, on a small map of the picture. */
export interface Background {
  width: number;
  height: number;
  /** The picture on the map, over white. */
  rgb: Uint8Array;
  /** Background colour under every map pixel, three channels. */
  colour: Uint8Array;
  /** 1 where the background shows, 0 where something stands on it, `SHADOW` once that is marked. */
  mask: Uint8Array;
  /** 1 where a shadow was cleared, which is background since. */
  clearedShadow?: Uint8Array;
  /** Largest channel difference from the background colour. */
  distance: Uint8Array;
  /** Differences up to this many levels are the background's own unevenness. */
  tolerance: number;
  /** Levels by which light may change from one map pixel to the next; an outline is steeper. */
  gentleStep: number;
  /** Map pixels that a block of the JPEG covers: so far its ripples and smears reach. */
  block: number;
  /** The picture brought its own cut-out: the mask is its transparency. */
  fromAlpha: boolean;
}
