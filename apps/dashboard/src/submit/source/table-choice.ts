import type { PreviewColumn } from './preview-column.ts';

/** What a person has chosen of how a table is read; what is left out is told by the server. */
export interface TableChoice {
  dialect?: string;
  encoding?: string;
  sheet?: string;
  photoBase?: string;
  /** Use of each column, by place. */
  columns?: ColumnUse[];
}

export type ColumnUse = PreviewColumn['is'];

export const COLUMN_USES: readonly ColumnUse[] = [
  'sku',
  'main',
  'image',
  'imageName',
  'position',
  'attribute',
  'ignored',
];

const SLOT = 'table-columns';
/** Tables whose columns are remembered. */
const MOST_REMEMBERED = 50;

/** The choice as the query of a request. */
export function toTableQuery({ columns, ...texts }: TableChoice): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, text] of Object.entries(texts)) if (text.trim() !== '') query[name] = text.trim();
  if (columns) query.columns = JSON.stringify(mappingOf(columns));
  return query;
}

/** Columns by number, from 1: headings may come twice. */
function mappingOf(columns: readonly ColumnUse[]): Record<string, number[]> {
  const numbers = (use: ColumnUse): number[] =>
    columns.flatMap((is, place) => (is === use ? [place + 1] : []));
  const mapping = {
    sku: numbers('sku'),
    main: numbers('main'),
    image: numbers('image'),
    imageName: numbers('imageName'),
    position: numbers('position'),
    ignore: numbers('ignored'),
  };
  return Object.fromEntries(Object.entries(mapping).filter(([, places]) => places.length > 0));
}

/** One column is the code and one the main photo: whatever was that before is kept as an attribute, or a further photo. */
export function withUse(columns: readonly ColumnUse[], place: number, use: ColumnUse): ColumnUse[] {
  return columns.map((is, at) => {
    if (at === place) return use;
    if (is !== use || (use !== 'sku' && use !== 'main')) return is;
    return use === 'main' ? 'image' : 'attribute';
  });
}

/** What was chosen for a table with the same headings before. */
export function rememberedColumns(headings: readonly string[]): ColumnUse[] | null {
  const found = remembered()[keyOf(headings)];
  return Array.isArray(found) && found.length === headings.length ? found : null;
}

export function rememberColumns(headings: readonly string[], columns: ColumnUse[] | null): void {
  const { [keyOf(headings)]: _, ...others } = remembered();
  const kept = Object.entries(others).slice(-MOST_REMEMBERED + 1);
  const all = columns === null ? kept : [...kept, [keyOf(headings), columns]];
  try {
    localStorage.setItem(SLOT, JSON.stringify(Object.fromEntries(all)));
  } catch {
    // Without storage, or with a full one, it is chosen again next time.
  }
}

function remembered(): Record<string, ColumnUse[]> {
  try {
    return JSON.parse(localStorage.getItem(SLOT) ?? '{}') as Record<string, ColumnUse[]>;
  } catch {
    return {};
  }
}

const keyOf = (headings: readonly string[]): string => headings.join('\t').slice(0, 2_000);
