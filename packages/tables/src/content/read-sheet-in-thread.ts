import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { TableError } from '../table-error.ts';

/** What a workbook may take while it is read. 10,000 rows of 20 columns take 130 MB, in all their copies. */
const MAX_HEAP_MB = 768;
/** Rows handed over at a time: taking them over holds the event loop for about 2 ms. */
const CHUNK_ROWS = 200;

type Answer = { rows: string[][] | null } | { error: string };

/**
 * Reads one sheet (by its place, from 0) in a thread of its own, and hands over its rows in chunks: the library parses all
 * cells of a sheet in one go, which holds whatever thread it runs in for 300 ms for 10,000 rows of 20 cells. Throws
 * `TableError` for what it cannot read, and for what takes more memory than a workbook may.
 */
export async function* readSheetInThread(bytes: Buffer, sheet: number): AsyncGenerator<string[][]> {
  // The function's own source: the thread needs no file of its own, so it runs the same from `src` and from `dist`.
  const worker = new Worker(`(${runThread.toString()})();`, {
    eval: true,
    workerData: {
      bytes,
      sheet,
      chunkRows: CHUNK_ROWS,
      library: createRequire(import.meta.url).resolve('read-excel-file/node'),
    },
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  try {
    for (;;) {
      const answer = await ask(worker);
      if ('error' in answer) throw unreadable(answer.error);
      if (answer.rows === null) return;
      yield answer.rows;
    }
  } finally {
    await worker.terminate();
  }
}

function ask(worker: Worker): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('message', onMessage).off('error', onError);
      act();
    };
    const onMessage = (answer: Answer) => settle(() => resolve(answer));
    const onError = (error: NodeJS.ErrnoException) =>
      settle(() => reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooLarge() : error));
    worker.once('message', onMessage).once('error', onError);
    worker.postMessage('next');
  });
}

function unreadable(reason: string): TableError {
  return new TableError('MALFORMED_TABLE', `The workbook cannot be read (${reason.slice(0, 200)}).`);
}

function tooLarge(): TableError {
  return new TableError(
    'INVALID_TABLE',
    'The sheet takes too much memory to be read; send it as CSV, or in parts.',
  );
}

/* istanbul ignore next: its source text is what the thread runs, so counters in it would break there. */
/** The thread's program. Everything it needs is inside or handed in, because only its source text reaches the thread. */
function runThread(): void {
  const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads');
  if (parentPort === null) return;
  const { library, bytes, sheet, chunkRows } = workerData;
  const { readSheet } = process.getBuiltinModule('node:module').createRequire(library)(library);
  // Whole numbers are codes and lose nothing: `4.006381333931E12` is 4006381333931.
  const parseNumber = (text: string) => {
    const value = Number(text);
    return /e/i.test(text) && Number.isSafeInteger(value) ? String(value) : text;
  };
  const toText = (value: unknown) => {
    if (value === null || value === undefined) return '';
    return value instanceof Date ? value.toISOString().replace('T00:00:00.000Z', '') : String(value);
  };
  const reading: Promise<unknown[][]> = readSheet(Buffer.from(bytes), sheet + 1, { parseNumber });
  reading.catch(() => {});
  let at = 0;
  parentPort.on('message', async () => {
    try {
      const rows = (await reading).slice(at, at + chunkRows);
      at += chunkRows;
      parentPort.postMessage({ rows: rows.length === 0 ? null : rows.map((cells) => cells.map(toText)) });
    } catch (error) {
      parentPort.postMessage({ error: error instanceof Error ? error.message : String(error) });
    }
  });
}
