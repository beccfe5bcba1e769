import { type Captions, captionsGoBelow } from '@image-studio/planning';
import { FAMILIES } from './drawable-text.ts';
import { widthOf, wrapText } from './wrap-text.ts';

/** Dark on nearly white: 15:1, whatever the picture behind shows. */
const INK = '#1b1f24';
const PANEL = 'fill="#ffffff" fill-opacity="0.92"';
const LINE = 1.32;
/** Of the title, in parts of the shorter side; text is set as large as it fits between the two. */
const LARGEST = 0.062;
const SMALLEST = 0.026;
/** Down to this no word is parted. */
const SMALL = 0.034;

/** A rectangle in pixels. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * An SVG of the size of the picture that lays captions over it. The text always fits: it is wrapped, set smaller, and
 * cut with an ellipsis last. Whatever it holds, it is text and never markup. `product` is where the measured thing
 * stands; without it the line of the measures only underlines their words.
 */
export function renderCaptions(
  captions: Captions,
  width: number,
  height: number,
  product: Area | null = null,
): string {
  const body =
    captions.dimensions === ''
      ? drawPanel(captions, width, height)
      : drawMeasure(captions, width, height, product);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body}</svg>`;
}

/** The half that the prompt asks to be left empty: the right one, or the lower part of a tall picture. */
export function panelArea(width: number, height: number): Area {
  const margin = 0.04 * Math.min(width, height);
  return captionsGoBelow({ width, height })
    ? { x: margin, y: 0.64 * height, width: width - 2 * margin, height: 0.36 * height - margin }
    : { x: 0.54 * width, y: margin, width: 0.46 * width - margin, height: height - 2 * margin };
}

function drawPanel({ title, points }: Captions, width: number, height: number): string {
  const area = panelArea(width, height);
  const side = Math.min(width, height);
  const padding = 0.035 * side;
  const inner = { width: area.width - 2 * padding, height: area.height - 2 * padding };
  const { lines, height: used } = fitted(title, points, inner, side);
  const top = area.y + (area.height - used) / 2;
  const round = 0.02 * side;
  const box = { y: top - padding, height: used + 2 * padding };
  const texts = lines.map(({ text, size, y, x, bold }) =>
    textAt(text, area.x + padding + x, top + y, size, bold ? 'font-weight="bold"' : ''),
  );
  return `<rect x="${fixed(area.x)}" y="${fixed(box.y)}" width="${fixed(area.width)}" height="${fixed(box.height)}" rx="${fixed(round)}" ${PANEL}/>${clipped(area, texts.join(''))}`;
}

interface Line {
  text: string;
  size: number;
  x: number;
  y: number;
  bold: boolean;
}

/** The largest setting in which everything stands whole. What would not even in the smallest is cut, then, and readable. */
function fitted(title: string, points: string[], inner: { width: number; height: number }, side: number) {
  for (let size = LARGEST * side; size > SMALL * side; size *= 0.93) {
    const set = setLines(title, points, inner.width, size);
    if (set.isWhole && !set.partsWords && set.height <= inner.height) return set;
  }
  // A word that is longer than that is parted in large letters rather than whole in small ones.
  for (let size = LARGEST * side; size > SMALLEST * side; size *= 0.93) {
    const set = setLines(title, points, inner.width, size);
    if (set.isWhole && set.height <= inner.height) return set;
  }
  const small = SMALL * side;
  for (let count = points.length; count > 0; count--) {
    const set = setLines(title, points.slice(0, count), inner.width, small);
    if (set.height <= inner.height) return set;
  }
  return setLines(title, [], inner.width, small);
}

function setLines(title: string, points: string[], width: number, size: number) {
  const small = 0.68 * size;
  const indent = 1.1 * small;
  const lines: Line[] = [];
  let y = 0;
  let isWhole = true;
  let partsWords = false;
  const add = (text: string, fontSize: number, x: number, most: number, bold: boolean) => {
    // Bold is up to a tenth wider.
    const wrapped = wrapText(text, ((width - x) / fontSize) * (bold ? 0.9 : 1), most);
    isWhole &&= wrapped.isWhole;
    partsWords ||= wrapped.partsWords;
    for (const line of wrapped.lines) {
      y += LINE * fontSize;
      lines.push({ text: line, size: fontSize, x, y: y - 0.32 * fontSize, bold });
    }
    return wrapped.lines.length;
  };
  if (title !== '') add(title, size, 0, 6, true);
  for (const point of points) {
    if (lines.length > 0) y += 0.6 * small;
    const first = y;
    add(point, small, indent, 4, false);
    lines.push({
      text: '•',
      size: small,
      x: 0.2 * small,
      y: first + LINE * small - 0.32 * small,
      bold: false,
    });
  }
  return { lines, height: y, isWhole, partsWords };
}

/** The measures in words at the foot of the picture, and a line with two ends along what they are of. */
function drawMeasure({ dimensions }: Captions, width: number, height: number, product: Area | null): string {
  const side = Math.min(width, height);
  const most = 0.86 * width;
  let size = 0.05 * side;
  while (size > 0.022 * side && widthOf(dimensions) * size > most) size *= 0.93;
  const [text = ''] = wrapText(dimensions, most / size, 1).lines;
  const half = Math.min(most, widthOf(text) * size) / 2 + 0.02 * side;
  const middle = width / 2;
  const box = { height: 2.2 * size, y: height - 0.04 * side - 2.2 * size };
  const tick = 0.22 * size;
  const words = { y: box.y + 0.5 * size, from: middle - half + 0.5 * size, to: middle + half - 0.5 * size };
  const line = product ? lineAlong(product, width, box.y, size) : across(words.y, words.from, words.to, tick);
  const panel = `<rect x="${fixed(middle - half)}" y="${fixed(box.y)}" width="${fixed(2 * half)}" height="${fixed(box.height)}" rx="${fixed(0.3 * size)}" ${PANEL}/>`;
  const thickness = Math.max(1, 0.05 * size);
  const stroke = `stroke="${INK}" stroke-width="${fixed(thickness)}"`;
  // A light rim keeps the line visible where it crosses something dark.
  const rim = `<path d="${line}" stroke="#ffffff" stroke-opacity="0.92" stroke-width="${fixed(3 * thickness)}" fill="none"/>`;
  const baseline = product ? box.y + 1.4 * size : box.y + 1.75 * size;
  return `${panel}${rim}<path d="${line}" ${stroke} fill="none"/>${textAt(text, middle, baseline, size, 'text-anchor="middle"')}`;
}

/**
 * Beside a tall product, below a wide one, and over its foot where there is no room. The line is as long as the
 * product's box.
 */
function lineAlong({ x, y, width, height }: Area, frameWidth: number, floor: number, size: number): string {
  const tick = 0.22 * size;
  const gap = 0.5 * size;
  const beside = x + width + gap + tick < frameWidth ? x + width + gap : x - gap;
  if (height > width && beside > tick) return down(beside, y, y + height, tick);
  return across(Math.min(y + height + gap, floor - tick - 0.1 * size), x, x + width, tick);
}

function across(y: number, left: number, right: number, tick: number): string {
  return `M${fixed(left)} ${fixed(y)}H${fixed(right)}M${fixed(left)} ${fixed(y - tick)}v${fixed(2 * tick)}M${fixed(right)} ${fixed(y - tick)}v${fixed(2 * tick)}`;
}

function down(x: number, top: number, bottom: number, tick: number): string {
  return `M${fixed(x)} ${fixed(top)}V${fixed(bottom)}M${fixed(x - tick)} ${fixed(top)}h${fixed(2 * tick)}M${fixed(x - tick)} ${fixed(bottom)}h${fixed(2 * tick)}`;
}

/** Widths are estimated: should a font be wider still, its text ends at the panel's edge. */
function clipped({ x, y, width, height }: Area, body: string): string {
  const box = `x="${fixed(x)}" y="${fixed(y)}" width="${fixed(width)}" height="${fixed(height)}"`;
  return `<clipPath id="panel"><rect ${box}/></clipPath><g clip-path="url(#panel)">${body}</g>`;
}

function textAt(text: string, x: number, y: number, size: number, more: string): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" font-family="${FAMILIES}" font-size="${fixed(size)}" fill="${INK}" ${more}>${escaped(text)}</text>`;
}

/** XML has no way at all to hold control characters, halves of surrogate pairs and non-characters. */
function escaped(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function fixed(value: number): string {
  return String(Math.round(value * 100) / 100);
}
