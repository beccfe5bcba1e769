import type { Background } from '../background/background.ts';

/** Share of hard contact with the lit background that a shadow or a pool of light may have: dust, ringing. */
const MOST_HARD = 0.12;

/** So far beside the region its background may lie, in map pixels: an outline is blurred. */
const OUTLINE = 3;

/**
 * Whether a region of changed light fades into the background wherever it borders on it. A pale product is entered where
 * its outline happens to have the background's colour, but elsewhere its outline is a step.
 */
export function isSoftRegion(
  region: Int32Array,
  { rgb, mask, width }: Background,
  hardStep: number,
): boolean {
  const inside = new Uint8Array(mask.length);
  for (const pixel of region) inside[pixel] = 1;
  let contacts = 0;
  let hard = 0;
  for (const pixel of region) {
    const x = pixel % width;
    for (const way of [-1, 1, -width, width]) {
      if (inside[pixel + way] !== 0) continue;
      // Beyond the map's sides lies another row.
      const room = way === -1 ? x : way === 1 ? width - 1 - x : OUTLINE;
      for (let steps = 1; steps <= Math.min(OUTLINE, room); steps++) {
        const other = pixel + steps * way;
        if (mask[other] !== 1 || inside[other] === 1) continue;
        contacts++;
        if (differs(rgb, pixel, other, hardStep + steps - 1)) hard++;
        break;
      }
    }
  }
  return contacts > 0 && hard <= MOST_HARD * contacts;
}

function differs(rgb: Uint8Array, a: number, b: number, levels: number): boolean {
  for (let c = 0; c < 3; c++) {
    if (Math.abs(rgb[a * 3 + c] - rgb[b * 3 + c]) > levels) return true;
  }
  return false;
}
