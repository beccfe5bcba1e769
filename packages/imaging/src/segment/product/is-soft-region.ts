import type { Background } from '../background/background.ts';

/** What makes a region soft. */
const THRESHOLDS = {
  /** Share of hard contact with the lit background that a shadow or a pool of light may have: dust, ringing. */
  mostHard: 0.12,
  /** Map pixels beside the region within which its background may lie: an outline is blurred. */
  outline: 3,
};

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
      const room = way === -1 ? x : way === 1 ? width - 1 - x : THRESHOLDS.outline;
      for (let steps = 1; steps <= Math.min(THRESHOLDS.outline, room); steps++) {
        const other = pixel + steps * way;
        if (mask[other] !== 1 || inside[other] === 1) continue;
        contacts++;
        if (differs(rgb, pixel, other, hardStep + steps - 1)) hard++;
        break;
      }
    }
  }
  return contacts > 0 && hard <= THRESHOLDS.mostHard * contacts;
}

function differs(rgb: Uint8Array, a: number, b: number, levels: number): boolean {
  for (let c = 0; c < 3; c++) {
    if (Math.abs(rgb[a * 3 + c] - rgb[b * 3 + c]) > levels) return true;
  }
  return false;
}
