import type { Photo } from '../dialects/row-meaning.ts';
import type { RowView } from '../dialects/row-view.ts';
import type { Row } from '../table.ts';
import { isExcelError } from './excel-damage.ts';
import { saysNone } from './mend-address.ts';
import { splitAddresses } from './split-addresses.ts';

/** Sees rows through the columns of a dialect. */
export function viewRow(row: Row, uses: ReadonlyMap<string, readonly number[]>): RowView {
  const cellsOf = (use: string): string[] => {
    const found: string[] = [];
    for (const at of uses.get(use) ?? []) {
      const cell = row.cells[at]?.trim();
      if (cell) found.push(cell);
    }
    return found;
  };
  return {
    line: row.line,
    text: (use) => cellsOf(use)[0] ?? '',
    photos: (use) => cellsOf(use).flatMap(photosIn),
  };
}

function photosIn(cell: string): Photo[] {
  if (saysNone(cell)) return [];
  if (isExcelError(cell)) return [{ address: cell }];
  return splitAddresses(cell).map((address) => ({ address }));
}
