import type { Sentence } from '@image-studio/contract';

/** One fault in a request: where (a JSON path such as `skus[3].images[0].url`, or a line of a CSV) and what. */
export interface Fault {
  path: string;
  message: string;
  /** The message for other languages. */
  sentence?: Sentence;
  /** Of a problem that is told as a fault: its code, by which other languages say it. */
  code?: string;
}

/** Most faults listed in one answer; a client that got 10,000 rows wrong learns the same from the first hundred. */
export const MAX_FAULTS = 100;

/**
 * The one error that handlers throw on purpose. `code` is for programs, `detail` is a sentence for people; neither
 * may hold a credential.
 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  readonly code: string;
  readonly errors: readonly Fault[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    detail: string,
    extra: { errors?: readonly Fault[]; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(detail, { cause: extra.cause });
    this.status = status;
    this.code = code;
    this.errors = (extra.errors ?? []).slice(0, MAX_FAULTS);
    this.headers = extra.headers ?? {};
  }
}

/** What it has found wrong; a problem that names no place is a fault of the whole, at `path`. */
export function faultsIn({ errors, message, code }: ProblemError, path = ''): Fault[] {
  return errors.length > 0 ? [...errors] : [{ path, message, code }];
}
