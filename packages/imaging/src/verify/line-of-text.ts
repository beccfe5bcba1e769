import { connectedComponents } from '../segment/mask/connected-components.ts';

/** What makes pieces beside each other a line of text. Halved and doubled over 63 answers of `npm run bench -- answers`, 7 of them with words beside the product and 8 across it, and over 30 pictures of a shop. */
const THRESHOLDS = {
  /** Height of a letter, as a share of the frame's: smaller ones cannot be read, larger ones may be parts of a product. The least doubled, words of 2 % are missed; the most halved, words of 5 %. */
  letter: { least: 0.012, most: 0.09 },
  /** Letters of a line of text at least: a short word is not told from a row of screws. Halved, 3 of 29 right answers are called wrong; doubled, 3 of 5 watermarks are missed. */
  leastLetters: 6,
  /** Pieces of a letter's size at most: more are a pattern or noise, and each is compared with each. Halved and doubled, none of the 93 is judged otherwise; the test of 1,089 specks needs it not to be doubled. */
  mostLetters: 1000,
  /** By this share of the taller one's height the feet of neighbours may lie apart, or by a pixel. Halved and doubled, none of the 93 is judged otherwise. */
  sameFoot: 0.2,
  /** Times that one of two neighbours may be as tall as the other. Halved, nothing is text at all; doubled, none of the 93 is judged otherwise. */
  sameHeight: 1.7,
  /** Heights of the taller one that a gap is wide at most, and a letter itself. Halved, 2 of 8 words across a product are missed; doubled, 2 wrong answers more are found. */
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

/** The connected pieces of the pixels that are 1, with their boxes. */
export function drawnBoxes(drawn: Uint8Array, width: number): DrawnBox[] {
  return connectedComponents(drawn, width).map((pixels) => boxOf(pixels, width));
}

function boxOf(pixels: Int32Array, width: number): DrawnBox {
  // Pixels come row by row, so the first and the last one have the top and the bottom.
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
}

/** Whether some of the pieces stand beside each other like letters. `height`: of the whole frame, in map pixels. */
export function hasLineOfText(boxes: readonly DrawnBox[], height: number): boolean {
  const letters = boxes
    .filter((box) => {
      const tall = heightOf(box) / height;
      return (
        tall >= THRESHOLDS.letter.least &&
        tall <= THRESHOLDS.letter.most &&
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
