import { dialectOf } from '../dialects/all-dialects.ts';
import type { DialectName } from '../dialects/dialect.ts';
import type { FreshCell } from '../dialects/export-rule.ts';
import { fitsRule } from '../dialects/known-headings.ts';
import { plainHeading } from '../dialects/plain-heading.ts';
import { resolveColumns } from '../reading/resolve-columns.ts';
import type { KeptHead, KeptRow } from './kept-table.ts';

/** What a row of a table that is made afresh says. */
export interface FreshSku {
  sku: string;
  attributes: Readonly<Record<string, string>>;
}

export interface FreshTable {
  head: KeptHead;
  /** The row of a SKU; each is a product of its own, numbered as given. */
  rowOf(sku: FreshSku, product: number): KeptRow;
}

/**
 * A table for a shop from what is known of SKUs, where the submitted one was another shop's, or none: the code, the attributes
 * for which the shop has columns, the pictures, and then the person's own columns as they were headed. `columns` are all
 * attributes that SKUs have.
 */
export function freshTable(
  dialect: DialectName,
  columns: readonly { heading: string; name: string }[],
): FreshTable {
  const { export: rule, columns: known } = dialectOf(dialect);
  const names = new Set(columns.map(({ name }) => name));
  const synonyms = (name: string) => (name === 'title' ? ['title', 'name'] : [name]);
  const has = (cell: FreshCell) =>
    !('attribute' in cell) ||
    cell.else !== undefined ||
    synonyms(cell.attribute).some((name) => names.has(name));
  const own = rule.fresh.filter(([, cell]) => has(cell));
  const taken = new Set(own.map(([heading]) => plainHeading(heading)));
  const used = new Set(own.flatMap(([, cell]) => ('attribute' in cell ? synonyms(cell.attribute) : [])));
  const meant = Object.entries(known).flatMap(([use, rules]) => (use === 'title' ? [] : (rules ?? [])));
  const theirs = columns.filter(({ heading, name }) => {
    const plain = plainHeading(heading);
    return !used.has(name) && !taken.has(plain) && !meant.some((one) => fitsRule(one, plain));
  });
  const headings = [...own.map(([heading]) => heading), ...theirs.map(({ heading }) => heading)];
  const { uses } = resolveColumns(headings, [], dialectOf(dialect));
  const handles = new Set<string>();
  const textOf = (cell: FreshCell, { sku, attributes }: FreshSku): string => {
    if ('always' in cell) return cell.always;
    if ('attribute' in cell) {
      const name = synonyms(cell.attribute).find((one) => Object.hasOwn(attributes, one));
      return (name === undefined ? undefined : attributes[name]) ?? (cell.else === 'code' ? sku : '');
    }
    return cell.of === 'code' ? sku : cell.of === 'handle' ? newHandle(sku, handles) : '';
  };
  return {
    head: {
      dialect,
      format: rule.format,
      above: [headings],
      headingsAt: 0,
      headings,
      uses: Object.fromEntries(uses),
    },
    rowOf: (sku, product) => ({
      cells: [
        ...own.map(([, cell]) => textOf(cell, sku)),
        ...theirs.map(({ name }) =>
          Object.hasOwn(sku.attributes, name) ? (sku.attributes[name] ?? '') : '',
        ),
      ],
      product,
      code: sku.sku,
    }),
  };
}

/** `MUG 01/a` → `mug-01-a`; a number behind it when another code has become the same. */
function newHandle(code: string, taken: Set<string>): string {
  const plain =
    code
      .normalize('NFC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '') || 'product';
  let handle = plain;
  for (let n = 2; taken.has(handle); n++) handle = `${plain}-${n}`;
  taken.add(handle);
  return handle;
}
