import type { Check } from '@image-studio/contract';
import { pixelsWhere } from '../kernels/pixels-where.ts';
import type { Segmentation } from '../segment/segmentation.ts';
import type { Evidence } from './evidence.ts';
import { type DrawnBox, drawnBoxes, hasLineOfText } from './line-of-text.ts';

/** What makes something beside the product a frame or a letter. Of the answers that `npm run bench -- answers` draws, all 17 frames and 17 lines of words were found; of 90 right ones 5 are called wrong, all of a white book whose print stands free on white. */
const THRESHOLDS = {
  /** Levels by which a line or a letter differs from its background. Halved, one of 14 frames and lines of words is missed; doubled, one of 29 right answers is called wrong. */
  drawn: 24,
  /** Share of its box that a frame's line covers at most: a line of 4 % of the side covers 0.16. Halved, such frames are missed. */
  mostOfBox: 0.2,
  /** Map pixels of a frame's shorter side at least, a tenth of the map. Frames had 376; halved and doubled, none of 63 answers is judged otherwise. */
  leastSide: 40,
  /** Share of each side along which a frame's line runs at least. Frames ran along all of it; halved, none of 63 answers is judged otherwise. */
  alongSide: 0.95,
  /** Share of the box's other side within which that line lies: one of 4 % lies within 0.041. Halved and doubled, none of 63 answers is judged otherwise. */
  sideDepth: 0.08,
};

/** A frame or a line of text that a model added beside the product; `null` where there is none. */
export function checkAdditions({ onWhite, photos: [photo], spec, sceneOf }: Evidence): Check | null {
  if (!onWhite || !photo || !spec.aiGenerated) return null;
  const check = findAdditions(onWhite, () => {
    const scene = sceneOf(photo);
    return scene?.product ? scene.segmentation : null;
  });
  return check.pass ? null : check;
}

/**
 * Looks for a frame around the product and for a line of text beside it, which no marketplace takes. `photo` gives the segmentation of
 * the photo: a frame or text that the photo shows as well belongs to the product.
 */
export function findAdditions(onWhite: Segmentation, photo: () => Segmentation | null): Check {
  const boxes = boxesOf(onWhite);
  const found = additionIn(boxes, onWhite);
  const isKnown = found !== null && isInPhoto(found, photo());
  return {
    rule: 'additions',
    measured: found === null || isKnown ? 'none' : found,
    required: 'no frame and no line of text beside the product that its photo does not show',
    pass: found === null || isKnown,
  };
}

type Addition = 'a frame around the product' | 'a line of text beside the product';

function additionIn(boxes: DrawnBox[], segmentation: Segmentation): Addition | null {
  if (boxes.some((box) => isFrame(box, boxes, segmentation))) return 'a frame around the product';
  return hasLineOfText(boxes, segmentation.height) ? 'a line of text beside the product' : null;
}

function isInPhoto(found: Addition, photo: Segmentation | null): boolean {
  return photo !== null && additionIn(boxesOf(photo), photo) === found;
}

/** Boxes of product pixels that differ clearly from the background: the background that a frame encloses is in the mask as product. */
function boxesOf({ mask, distance, width }: Segmentation): DrawnBox[] {
  const drawn = pixelsWhere({ of: mask, most: 0 }, { of: distance, least: THRESHOLDS.drawn });
  return drawnBoxes(drawn, width);
}

/** A thin line along all four sides of its box, with something else inside. */
function isFrame(box: DrawnBox, boxes: DrawnBox[], { width }: Segmentation): boolean {
  const across = box.right - box.left + 1;
  const down = box.bottom - box.top + 1;
  if (
    box.pixels.length > THRESHOLDS.mostOfBox * across * down ||
    Math.min(across, down) < THRESHOLDS.leastSide
  )
    return false;
  const isAround = boxes.some(
    (other) =>
      other.left > box.left && other.right < box.right && other.top > box.top && other.bottom < box.bottom,
  );
  if (!isAround) return false;
  const sides = [new Uint8Array(across), new Uint8Array(across), new Uint8Array(down), new Uint8Array(down)];
  for (const pixel of box.pixels) {
    const x = (pixel % width) - box.left;
    const y = (pixel - (pixel % width)) / width - box.top;
    if (y < THRESHOLDS.sideDepth * down) (sides[0] as Uint8Array)[x] = 1;
    if (y >= (1 - THRESHOLDS.sideDepth) * down) (sides[1] as Uint8Array)[x] = 1;
    if (x < THRESHOLDS.sideDepth * across) (sides[2] as Uint8Array)[y] = 1;
    if (x >= (1 - THRESHOLDS.sideDepth) * across) (sides[3] as Uint8Array)[y] = 1;
  }
  return sides.every((side) => side.reduce((sum, one) => sum + one, 0) >= THRESHOLDS.alongSide * side.length);
}
