import { readTable, TableError, type TableOptions, type TableReading } from '@image-studio/tables';
import { ProblemError } from '../http/problem-error.ts';
import type { BatchDraft } from './batch-draft.ts';
import { createFaultList } from './fault-list.ts';
import { refuseTooMany } from './refuse-too-many.ts';

/** What of a draft a table says; the options come from the query. */
export type TableDraft = Pick<BatchDraft, 'skus' | 'columns' | 'table' | 'kept'>;

/** Reads a body that is a table; throws 400, 415 or 422 with every fault. */
export async function readTableBody(bytes: Buffer, options: TableOptions): Promise<TableDraft> {
  return toDraft(await understandTable(bytes, options));
}

/** Reads a table also when nothing of it can be taken: its `faults` say why. Throws for what cannot be read at all. */
export function understandTable(bytes: Buffer, options: TableOptions): Promise<TableReading> {
  return readWith(readTable, bytes, options);
}

/** Runs a reader of tables; what it throws becomes a problem. */
export async function readWith<T>(
  read: (bytes: Buffer, options: TableOptions) => Promise<T>,
  bytes: Buffer,
  options: TableOptions,
): Promise<T> {
  try {
    return await read(bytes, options);
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    const { status, code } = PROBLEMS[error.code];
    throw new ProblemError(status, code, error.message, { errors: error.faults, cause: error });
  }
}

const PROBLEMS = {
  NOT_A_TABLE: { status: 415, code: 'NOT_A_TABLE' },
  MALFORMED_TABLE: { status: 400, code: 'MALFORMED_TABLE' },
  INVALID_TABLE: { status: 422, code: 'INVALID_BODY' },
} as const;

/** Throws 422 when the table has faults, or more SKUs than a batch may. */
export function toDraft(reading: TableReading): TableDraft {
  const { skus, columns, dialect, warnings, faults: found, kept } = reading;
  refuseTooMany(skus.length);
  const faults = createFaultList();
  faults.add(...found);
  faults.throwIfAny();
  const names = new Map(
    columns.flatMap(({ heading, name }) => (name === undefined ? [] : [[name, { heading, name }]])),
  );
  return { skus, columns: [...names.values()], table: { dialect, warnings }, ...(kept && { kept }) };
}
