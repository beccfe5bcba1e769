import type { ExportRule } from '../dialects/export-rule.ts';
import { plainHeading } from '../dialects/plain-heading.ts';
import type { KeptHead } from './kept-table.ts';

/** Adds columns where a table has fewer for pictures than its SKUs have; `added` are their headings, at the end. */
export function roomForPictures(
  head: KeptHead,
  rule: ExportRule,
  most: { ofSku: number; ofProduct: number },
): { head: KeptHead; added: string[] } {
  const { main = [], images = [] } = head.uses;
  const wanted = Math.min(rule.most, rule.place === 'row' ? most.ofSku : most.ofProduct);
  const numbered = roomInNumbered(head, rule, wanted);
  if (numbered !== null) return numbered;
  const isOneCell = rule.place === 'first row' || rule.place === 'row each' || head.headingsAt < 0;
  const numbers = images.map((at) => numberIn(head.headings[at] ?? ''));
  // One cell for all others takes as many as there are.
  const last = images.at(-1);
  const joins = rule.join !== null && images.length <= 1 && numbers[0] === undefined && last !== undefined;
  const missing = wanted - Math.min(main.length, 1) - images.length;
  if (isOneCell || joins || missing <= 0) return { head, added: [] };
  const added = newHeadings(head, images, rule, missing);
  const places = added.map((_, at) => head.headings.length + at);
  const headings = [...head.headings, ...added];
  const all = [...images, ...places];
  const inOrder = all.every((at) => numberIn(headings[at] ?? '') !== undefined)
    ? all.sort((a, b) => (numberIn(headings[a] ?? '') ?? 0) - (numberIn(headings[b] ?? '') ?? 0))
    : all;
  return { head: { ...head, headings, uses: { ...head.uses, images: inOrder } }, added };
}

/** `Product Image File - 1`, `Product Image Sort - 1`, …: all columns of the first picture, once more for each further one. */
function roomInNumbered(
  head: KeptHead,
  { numbered }: ExportRule,
  wanted: number,
): { head: KeptHead; added: string[] } | null {
  if (!numbered?.(1).some(({ use }) => head.uses[use]?.[0] !== undefined)) return null;
  const added: string[] = [];
  const uses: Record<string, readonly number[]> = { ...head.uses };
  for (let n = 2; n <= wanted; n++) {
    for (const [part, { use }] of numbered(n).entries()) {
      const first = head.uses[numbered(1)[part]?.use ?? '']?.[0];
      if (first === undefined || head.uses[use]?.[0] !== undefined) continue;
      uses[use] = [head.headings.length + added.length];
      added.push((head.headings[first] ?? '').replace(/\d+$/, String(n)));
    }
  }
  return { head: { ...head, headings: [...head.headings, ...added], uses }, added };
}

/** `other_image_url1` goes on with the numbers that are free; where nothing is numbered, the shop's own names. */
function newHeadings(head: KeptHead, images: readonly number[], rule: ExportRule, count: number): string[] {
  const taken = new Set(head.headings.map(plainHeading));
  const pattern = images.map((at) => head.headings[at] ?? '').find((name) => /^[^\d]*\d+$/.test(name));
  const name =
    pattern !== undefined
      ? (n: number) => pattern.replace(/\d+$/, String(n))
      : (n: number) => rule.heading?.(n);
  const added: string[] = [];
  const numbers = images.flatMap((at) => numberIn(head.headings[at] ?? '') ?? []);
  for (
    let n = numbers.length === 0 ? 1 : Math.min(...numbers);
    added.length < count && n <= rule.most + count + 1;
    n++
  ) {
    const heading = name(n);
    if (heading === undefined) break;
    if (taken.has(plainHeading(heading))) continue;
    added.push(heading);
  }
  return added;
}

function numberIn(heading: string): number | undefined {
  const [, digits] = /(\d+)\D{0,3}$/.exec(heading) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
