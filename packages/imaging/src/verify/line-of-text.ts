import { connectedComponents } from '../segment/mask/connected-components.ts';

/** Heights of letters as shares of the map's: smaller ones cannot be read, larger ones may be parts of a product. */
const LETTER = { least: 0.012, most: 0.09 };
const THRESHOLDS = {
  /** Letters that make a line of text. A short word is not told from a row of screws. */
  leastLetters: 6,
  /** So many specks are a pattern or noise, and comparing each with each would take long. */
  mostLetters: 1000,
  /** Letters of a line end at one height and are about as tall as each other; gaps are at most so many heights wide. */
  sameFoot: 0.2,
  sameHeight: 1.7,
  mostGap: 3,
};

/** Something drawn in one piece. */
export interface DrawnBox {
  left: number;
  right: number;
  top: number;
  bottom: number;
  pixels: Int32Array;
}

/** The pieces of what is 1, with their boxes. */
export function drawnBoxes(drawn: Uint8Array, width: number): DrawnBox[] {
  return connectedComponents(drawn, width).map((pixels) => {
    // In the map's order, so only the sides have to be looked for.
    const top = Math.floor(pixels[0] / width);
    const bottom = Math.floor(pixels[pixels.length - 1] / width);
    let left = width;
    let right = 0;
    for (let i = 0; i < pixels.length; i++) {
      const x = pixels[i] % width;
      if (x < left) left = x;
      if (x > right) right = x;
    }
    return { left, right, top, bottom, pixels };
  });
}

/** Whether some of the pieces stand beside each other like letters; `height` is that of the whole frame. */
export function hasLineOfText(boxes: readonly DrawnBox[], height: number): boolean {
  const letters = boxes
    .filter((box) => {
      const tall = heightOf(box) / height;
      return (
        tall >= LETTER.least &&
        tall <= LETTER.most &&
        box.right - box.left <= THRESHOLDS.mostGap * heightOf(box)
      );
    })
    .sort((one, other) => one.left - other.left);
  if (letters.length > THRESHOLDS.mostLetters) return false;
  return letters.some((first, i) => {
    let last = first;
    let count = 1;
    for (const letter of letters.slice(i + 1)) {
      if (!isBeside(last, letter)) continue;
      last = letter;
      count++;
    }
    return count >= THRESHOLDS.leastLetters;
  });
}

function isBeside(one: DrawnBox, other: DrawnBox): boolean {
  const [low, high] = [Math.min(heightOf(one), heightOf(other)), Math.max(heightOf(one), heightOf(other))];
  const gap = other.left - one.right;
  return (
    Math.abs(one.bottom - other.bottom) <= Math.max(1, THRESHOLDS.sameFoot * high) &&
    high <= THRESHOLDS.sameHeight * low &&
    gap > 0 &&
    gap <= THRESHOLDS.mostGap * high
  );
}

function heightOf({ top, bottom }: DrawnBox): number {
  return bottom - top + 1;
}
