import { say } from '@image-studio/contract';
import type { Note } from './table.ts';

/**
 * Why a table cannot be read at all. `NOT_A_TABLE`: the bytes are something else, which the message names.
 * `MALFORMED_TABLE`: they are broken. `INVALID_TABLE`: they can be read and nothing can be taken.
 */
export class TableError extends Error {
  override readonly name = 'TableError';
  readonly code: 'NOT_A_TABLE' | 'MALFORMED_TABLE' | 'INVALID_TABLE';
  readonly faults: readonly Note[];

  constructor(code: TableError['code'], message: string, faults: readonly Note[] = []) {
    super(message);
    this.code = code;
    this.faults = faults;
  }
}

/** A row of more cells than a table may have columns. */
export function tooManyColumns(line: number, count: number, most: number): TableError {
  const said = say`has ${count} columns, the limit is ${most}`;
  return new TableError('INVALID_TABLE', `The table cannot be taken: line ${line} ${said.message}.`, [
    { path: `line ${line}`, ...said },
  ]);
}
