import type { Dialect, HeadingRule } from '../dialects/dialect.ts';
import { fitsRule } from '../dialects/known-headings.ts';
import { plainHeading } from '../dialects/plain-heading.ts';
import type { Row } from '../table.ts';
import { cutText } from './cut-text.ts';

/** What a column of a table is for. */
export type ColumnUse = 'sku' | 'main' | 'image' | 'imageName' | 'position' | 'attribute' | 'ignored';

export interface Column {
  heading: string;
  is: ColumnUse;
  /** Name of the attribute. */
  name?: string;
}

/** Columns that a person chose by hand: headings, or numbers from 1. */
export interface ColumnMapping {
  sku?: ColumnRef[] | undefined;
  main?: ColumnRef[] | undefined;
  image?: ColumnRef[] | undefined;
  imageName?: ColumnRef[] | undefined;
  position?: ColumnRef[] | undefined;
  title?: ColumnRef[] | undefined;
  ignore?: ColumnRef[] | undefined;
}
export type ColumnRef = string | number;

export interface ResolvedColumns {
  columns: Column[];
  /** Places of the columns of each use of the dialect, best first. */
  uses: Map<string, number[]>;
  /** References of a mapping that fit no column. */
  unknown: ColumnRef[];
}

/** Attributes that prompts know; their names are made lower-case, all others stay as they were written. */
const KNOWN_ATTRIBUTES = ['name', 'title', 'brand', 'category', 'color', 'material', 'description'];
/** Longest name of an attribute that the contract takes. */
const MAX_NAME_CHARS = 128;
/** Rows whose cells are looked at. */
const SAMPLE_ROWS = 200;
const IMAGE_ADDRESS = /^(https?:)?\/\/\S+\.(jpe?g|png|webp|gif|avif|tiff?|bmp|heic)(\?\S*)?$/i;
/** With a folder or a host before the file's name. */
const IMAGE_PATH = /^\S*\/\S+\.(jpe?g|png|webp|gif|avif|tiff?|bmp|heic)(\?\S*)?$/i;
const ANY_ADDRESS = /^((https?:)?\/\/|www\.)\S+$/i;
const USES_OF_CODE = ['code'];
const USES_OF_PHOTOS = ['main', 'images', 'own'];

/** Finds the columns that a dialect asks for, and says what each column of the table is. */
export function resolveColumns(
  headings: readonly string[],
  rows: readonly Row[],
  dialect: Dialect,
  mapping: ColumnMapping = {},
  invented = false,
): ResolvedColumns {
  const plain = headings.map(plainHeading);
  const sample = rows.slice(0, SAMPLE_ROWS);
  const holdsAny = (at: number) => sample.some(({ cells }) => (cells[at] ?? '').trim() !== '');
  const uses = new Map<string, number[]>();
  for (const [use, rules] of Object.entries(dialect.columns)) {
    uses.set(use, placesOf(rules ?? [], plain));
  }
  // One column is the code: the best whose cells hold anything.
  const codes = uses.get('code') ?? [];
  uses.set(
    'code',
    [codes.find(holdsAny) ?? codes[0]].filter((at) => at !== undefined),
  );
  const unknown = applyMapping(mapping, headings, uses);
  if (invented || dialect.id === 'generic') guess(headings, sample, uses, mapping, invented);
  return { columns: describe(headings, plain, dialect, uses), uses, unknown };
}

/** Columns that a rule fits, rule by rule; numbered ones (`image_1`, `image_2`) by number, beside the first of them. */
function placesOf(rules: readonly HeadingRule[], plain: readonly string[]): number[] {
  const places: number[] = [];
  for (const rule of rules) {
    const fitting = plain.flatMap((name, at) =>
      name !== '' && fitsRule(rule, name) && !places.includes(at) ? [at] : [],
    );
    places.push(...byNumber(fitting, plain));
  }
  return places;
}

function byNumber(places: number[], plain: readonly string[]): number[] {
  const stems = new Map<string, number>();
  const keyed = places.map((at) => {
    const [, stem = '', digits = ''] = /^(.*?)(\d*)$/.exec(plain[at] ?? '') ?? [];
    if (!stems.has(stem)) stems.set(stem, stems.size);
    return { at, group: stems.get(stem) ?? 0, number: digits === '' ? 0 : Number(digits) };
  });
  return keyed.sort((a, b) => a.group - b.group || a.number - b.number || a.at - b.at).map(({ at }) => at);
}

function applyMapping(
  mapping: ColumnMapping,
  headings: readonly string[],
  uses: Map<string, number[]>,
): ColumnRef[] {
  const unknown: ColumnRef[] = [];
  const placesFor = (refs: readonly ColumnRef[] = []) =>
    refs.flatMap((ref) => {
      const at = typeof ref === 'number' ? ref - 1 : findHeading(ref, headings);
      if (at >= 0 && at < headings.length) return [at];
      unknown.push(ref);
      return [];
    });
  const chosen = {
    code: placesFor(mapping.sku),
    main: placesFor(mapping.main),
    images: placesFor(mapping.image),
    imageName: placesFor(mapping.imageName),
    position: placesFor(mapping.position),
    title: placesFor(mapping.title),
    ignored: placesFor(mapping.ignore),
  };
  const taken = new Set(Object.values(chosen).flat());
  for (const [use, places] of uses)
    uses.set(
      use,
      places.filter((at) => !taken.has(at)),
    );
  if (chosen.main.length + chosen.images.length > 0)
    for (const use of [...USES_OF_PHOTOS, 'page']) uses.set(use, []);
  for (const [use, places] of Object.entries(chosen)) if (places.length > 0) uses.set(use, places);
  return unknown;
}

function findHeading(ref: string, headings: readonly string[]): number {
  const exact = headings.findIndex((heading) => heading.trim() === ref.trim());
  return exact >= 0 ? exact : headings.findIndex((heading) => plainHeading(heading) === plainHeading(ref));
}

/** By what stands in the columns, where no heading tells: photos are addresses, a code differs from row to row. */
function guess(
  headings: readonly string[],
  sample: readonly Row[],
  uses: Map<string, number[]>,
  mapping: ColumnMapping,
  invented: boolean,
): void {
  const cellsAt = (at: number) =>
    sample.flatMap(({ cells }) => (cells[at]?.trim() ? [cells[at].trim()] : []));
  const mostly = (at: number, pattern: RegExp) => {
    const cells = cellsAt(at);
    return (
      cells.length > 0 &&
      cells.filter((cell) => pattern.test(cell.split(/[\s|]/, 1)[0] ?? '')).length * 2 > cells.length
    );
  };
  const all = headings.map((_, at) => at);
  const hasPhotos = [...USES_OF_PHOTOS, 'page'].some((use) => (uses.get(use) ?? []).length > 0);
  if (!hasPhotos && !mapping.main && !mapping.image) {
    // OpenCart's `image_name` is the photo's path or address.
    const named = (uses.get('imageName') ?? []).filter((at) => mostly(at, IMAGE_PATH));
    const images = [...new Set([...named, ...all.filter((at) => mostly(at, IMAGE_ADDRESS))])];
    if (named.length > 0) uses.set('imageName', []);
    uses.set('images', images.length > 0 || !invented ? images : all.filter((at) => mostly(at, ANY_ADDRESS)));
  }
  if (!invented || (uses.get('code') ?? []).length > 0) return;
  const photos = new Set(USES_OF_PHOTOS.flatMap((use) => uses.get(use) ?? []));
  const code = all.find(
    (at) => !photos.has(at) && cellsAt(at).length > 0 && new Set(cellsAt(at)).size * 2 > cellsAt(at).length,
  );
  if (code !== undefined) uses.set('code', [code]);
}

function describe(
  headings: readonly string[],
  plain: readonly string[],
  dialect: Dialect,
  uses: ReadonlyMap<string, number[]>,
): Column[] {
  const is = new Map<number, ColumnUse>();
  const mark = (use: string, as: ColumnUse) => {
    for (const at of uses.get(use) ?? []) if (!is.has(at)) is.set(at, as);
  };
  for (const use of USES_OF_CODE) mark(use, 'sku');
  mark('main', 'main');
  for (const use of ['images', 'own']) mark(use, 'image');
  for (const use of uses.keys()) if (/^file \d/.test(use)) mark(use, 'image');
  if (![...is.values()].some((use) => use === 'image' || use === 'main')) mark('page', 'image');
  mark('imageName', 'imageName');
  mark('position', 'position');
  mark('ignored', 'ignored');
  const titleAt = uses.get('title')?.[0];
  const owners = new Map<string, string>();
  return headings.map((heading, at) => {
    const use = is.get(at) ?? 'attribute';
    const own = plain[at] ?? '';
    if (use !== 'attribute') return { heading, is: use };
    if (heading.trim() === '__proto__') return { heading, is: 'ignored' as const };
    const written = heading.trim() || `column ${at + 1}`;
    const isTitle = at === titleAt && dialect.id !== 'generic';
    const known = dialect.attributes?.[own] ?? KNOWN_ATTRIBUTES.find((name) => name === own);
    const wanted = cutText(isTitle ? 'title' : (known ?? written), MAX_NAME_CHARS);
    // Two columns of one name are joined when they are headed alike, and only then.
    const name = (owners.get(wanted) ?? own) === own ? wanted : cutText(written, MAX_NAME_CHARS);
    if (!owners.has(name)) owners.set(name, own);
    return { heading: heading.trim() ? heading : written, is: use, name };
  });
}
