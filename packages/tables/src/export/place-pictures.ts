import type { ExportRule } from '../dialects/export-rule.ts';
import type { RowView } from '../dialects/row-view.ts';
import { viewRow } from '../reading/row-views.ts';
import type { KeptHead, KeptRow } from './kept-table.ts';

/** Links to the pictures of a SKU, in the order of the listing. */
export type PictureLinks = (code: string) => Promise<readonly string[]>;

/** Rows of one product that follow one another. */
export interface Product {
  rows: readonly KeptRow[];
  /** Of all its SKUs with pictures. */
  codes: readonly string[];
  /** No row of it was written before. */
  isFirst: boolean;
}

/** A row while its cells are filled. */
interface Draft {
  cells: string[];
  view: RowView;
  code: string | undefined;
  links: readonly string[];
}

/** The rows of a product with the links of its pictures where its shop looks for them. */
export async function placeInProduct(
  product: Product,
  head: KeptHead,
  rule: ExportRule,
  linksOf: PictureLinks,
  keepAll: boolean,
): Promise<string[][]> {
  const uses = new Map(Object.entries(head.uses));
  const width = head.headings.length;
  const drafts: Draft[] = [];
  for (const { cells, code } of product.rows) {
    const links = code === undefined ? [] : (await linksOf(code)).slice(0, rule.most);
    const view = viewRow({ number: 0, line: 0, cells: [...cells] }, uses);
    const wide = Array.from({ length: Math.max(width, cells.length) }, (_, at) => cells[at] ?? '');
    drafts.push({ cells: wide, view, code, links });
  }
  if (rule.place === 'row') return perSku(drafts, product, head, rule, linksOf, keepAll);
  const gallery = await galleryOf(product, rule, linksOf);
  const others = drafts.filter(({ view }) => !(rule.isPhotoRow?.(view) ?? false));
  for (const draft of others) setOwn(draft, product, head);
  if (rule.place === 'row each') return rowEach(others, product, gallery, head, rule);
  for (const [at, { cells }] of others.entries()) {
    const isHere = rule.place === 'every row' || (product.isFirst && at === 0);
    fill(cells, isHere ? gallery : [], head, rule);
  }
  return others.map(({ cells }) => cells);
}

/** All pictures of its SKUs, in their order. */
async function galleryOf(product: Product, rule: ExportRule, linksOf: PictureLinks): Promise<string[]> {
  const gallery = new Set<string>();
  for (const code of product.codes) for (const link of await linksOf(code)) gallery.add(link);
  return [...gallery].slice(0, rule.most);
}

/** A variant of several is shown with its own picture. */
function setOwn({ cells, view, links }: Draft, { codes }: Product, { uses }: KeptHead): void {
  const [first, ...more] = uses.own ?? [];
  if (first === undefined) return;
  const isShown = codes.length > 1 || view.text('own') !== '';
  cells[first] = isShown ? (links[0] ?? '') : '';
  for (const at of more) cells[at] = '';
}

async function perSku(
  drafts: readonly Draft[],
  product: Product,
  head: KeptHead,
  rule: ExportRule,
  linksOf: PictureLinks,
  keepAll: boolean,
): Promise<string[][]> {
  const rows: string[][] = [];
  const done = new Set<string>();
  for (const [at, draft] of drafts.entries()) {
    const { code, cells, links, view } = draft;
    const hadPhotos = photosOf(view) > 0;
    if (code === undefined) {
      // A parent without a code shows its variants.
      if (hadPhotos) fill(cells, await galleryOf(product, rule, linksOf), head, rule);
      rows.push(cells);
      continue;
    }
    if (links.length === 0 && !keepAll) continue;
    const same = drafts.filter((other, place) => place >= at && other.code === code);
    const isSpread = same.filter((other) => photosOf(other.view) > 0).length > 1;
    if (!done.has(code)) {
      done.add(code);
      if (isSpread) rows.push(...spread(same, links, head, rule));
      else rows.push(filled(draft, links, head, rule));
    } else if (!hadPhotos) rows.push(cells);
  }
  return rows;
}

function filled(
  { cells, view }: Draft,
  links: readonly string[],
  head: KeptHead,
  rule: ExportRule,
): string[] {
  fill(cells, links, head, rule, rule.prefix?.(view) ?? '');
  for (const at of head.uses.imageName ?? []) cells[at] = links[0] === undefined ? '' : fileName(links[0]);
  return cells;
}

/** A table with a row for each photo: as many rows as there are pictures, the further ones like the last. */
function spread(
  same: readonly Draft[],
  links: readonly string[],
  head: KeptHead,
  rule: ExportRule,
): string[][] {
  return links.map((link, at) => {
    const cells = [...(same[at] ?? (same.at(-1) as Draft)).cells];
    fill(cells, [link], head, rule);
    for (const place of head.uses.position ?? []) cells[place] = String(at + 1);
    for (const place of head.uses.imageName ?? []) cells[place] = fileName(link);
    return cells;
  });
}

/** Main picture, then the others, into the columns that are there; the last one takes the rest where a cell may. */
function fill(
  cells: string[],
  links: readonly string[],
  { uses }: KeptHead,
  { join, mirror = [] }: ExportRule,
  prefix = '',
): void {
  const places = uses.main?.[0] === undefined ? picturePlaces(uses) : [uses.main[0], ...picturePlaces(uses)];
  for (const use of ['main', 'images', 'page', ...mirror]) {
    if (use === 'page' && (uses.main ?? []).length + (uses.images ?? []).length > 0) continue;
    for (const at of uses[use] ?? []) cells[at] = '';
  }
  for (const [nth, at] of places.entries()) {
    const isLast = nth === places.length - 1;
    const here = isLast && join !== null ? links.slice(nth) : links.slice(nth, nth + 1);
    cells[at] =
      here.length === 0 ? '' : `${nth === 0 ? prefix : ''}${here.map(withoutCommas).join(join ?? ' ')}`;
  }
  for (const use of mirror) for (const at of uses[use] ?? []) cells[at] = links[0] ?? '';
}

function picturePlaces({ main = [], images = [], page = [] }: KeptHead['uses']): readonly number[] {
  if (images.length > 0 || main.length > 0) return images;
  return page.slice(0, 1);
}

function rowEach(
  drafts: readonly Draft[],
  product: Product,
  gallery: readonly string[],
  head: KeptHead,
  rule: ExportRule,
): string[][] {
  const { uses } = head;
  const rows = drafts.map(({ cells }) => cells);
  const isNumbered = rule.numbered?.(1).some(({ use }) => (uses[use] ?? []).length > 0) ?? false;
  if (isNumbered) {
    for (const [at, cells] of rows.entries())
      setNumbered(cells, product.isFirst && at === 0 ? gallery : [], uses, rule);
    return rows;
  }
  const left = product.isFirst ? [...gallery] : [];
  let position = rule.firstPosition ?? 1;
  const put = (cells: string[], link: string | undefined) => {
    for (const use of ['images', 'position', 'thumbnail']) for (const at of uses[use] ?? []) cells[at] = '';
    const at = uses.images?.at(-1);
    if (link === undefined || at === undefined) return;
    cells[at] = link;
    for (const place of uses.position ?? []) cells[place] = String(position);
    for (const place of uses.thumbnail ?? [])
      cells[place] = position === (rule.firstPosition ?? 1) ? 'TRUE' : 'FALSE';
    position += 1;
  };
  for (const cells of rows) put(cells, rule.isApart ? undefined : left.shift());
  const last = rows[0];
  for (const link of left) {
    const cells = head.headings.map(() => '');
    for (const use of rule.repeats ?? []) for (const at of uses[use] ?? []) cells[at] = last?.[at] ?? '';
    for (const [use, text] of Object.entries(rule.photoRow ?? {}))
      for (const at of uses[use] ?? []) cells[at] = text;
    put(cells, link);
    rows.push(cells);
  }
  return rows;
}

function setNumbered(
  cells: string[],
  links: readonly string[],
  uses: KeptHead['uses'],
  rule: ExportRule,
): void {
  for (let n = 1; n <= rule.most; n++) {
    const link = links[n - 1];
    for (const { use, holds } of rule.numbered?.(n) ?? []) {
      const text = { address: link ?? '', position: String(n - 1), isMain: n === 1 ? 'Y' : 'N' }[holds];
      const at = uses[use]?.[0];
      if (at !== undefined) cells[at] = link === undefined ? '' : text;
    }
  }
}

/** How many addresses a row had in the columns for photos. */
function photosOf(view: RowView): number {
  return ['main', 'images', 'page'].reduce((sum, use) => sum + view.photos(use).length, 0);
}

/** Shops part addresses by commas. */
function withoutCommas(link: string): string {
  return link.replaceAll(',', '%2C');
}

function fileName(link: string): string {
  return decodeURIComponent(new URL(link).pathname.split('/').at(-1) ?? '');
}
