import { type Fault, parseLines } from '../faults/parse-lines.ts';
import { type FormOptions, toBody, toQuery } from '../form/form-options.ts';
import type { Source } from './source.ts';
import { type TableChoice, toTableQuery } from './table-choice.ts';
import { textKind } from './text-kind.ts';

/** A request as it goes out. `where` translates the paths of the API's faults back to the places of the form. */
export interface Submission {
  ok: true;
  query: string;
  body: string | Uint8Array<ArrayBuffer>;
  /** Equal for equal bodies. */
  bodyId: string;
  contentType: 'application/json' | 'text/csv' | 'application/octet-stream';
  where: (path: string) => string;
}

/** What cannot be sent, and why. `rest` is what could be: asked about it, the API tells what else is wrong with the form. */
export interface Unsendable {
  ok: false;
  faults: Fault[];
  rest?: Submission;
}

/** Turns text and options into a request, or names what stands in its way. A whole JSON request wins over the form. */
export function readSubmission(
  { text, table, photos }: Pick<Source, 'text' | 'table' | 'photos'>,
  options: FormOptions,
  choice: TableChoice = {},
): Submission | Unsendable {
  const query = `?${new URLSearchParams({ ...Object.fromEntries(toQuery(options)), ...toTableQuery(choice) })}`;
  const where = (path: string): string => path;
  if (table) {
    const { bytes: body, id: bodyId } = table;
    return { ok: true, query, body, bodyId, contentType: 'application/octet-stream', where };
  }
  if (photos) {
    if (photos.skus === null || photos.skus.length === 0) return { ok: false, faults: [] };
    return asJson({ ...toBody(options), skus: photos.skus }, where);
  }
  switch (textKind(text)) {
    case 'empty':
      return { ok: false, faults: [] };
    case 'json':
      return readJson(text, options);
    case 'table':
      return { ok: true, query, body: text, bodyId: text, contentType: 'text/csv', where };
    case 'lines': {
      const { skus, lines, faults } = parseLines(text);
      const request = asJson({ ...toBody(options), skus }, (path) => linePath(path, lines));
      return faults.length > 0 ? { ok: false, faults, rest: request } : request;
    }
  }
}

function readJson(text: string, options: FormOptions): ReturnType<typeof readSubmission> {
  try {
    const value = JSON.parse(text) as unknown[] | Record<string, unknown>;
    const own = Array.isArray(value) ? { skus: value } : value;
    return asJson({ ...toBody(options), ...own }, (path) => path);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, faults: [{ path: 'JSON', message, code: 'MALFORMED_JSON' }] };
  }
}

function asJson(value: object, where: Submission['where']): Submission {
  const body = JSON.stringify(value);
  return { ok: true, query: '', body, bodyId: body, contentType: 'application/json', where };
}

/** `skus[3].images[0].url` → `line 7 · images[0].url`. */
function linePath(path: string, lines: number[]): string {
  const match = /^skus\[(\d+)\]\.?(.*)$/.exec(path);
  const line = match && lines[Number(match[1])];
  if (!match || line === undefined) return path;
  return match[2] ? `line ${line} · ${match[2]}` : `line ${line}`;
}
