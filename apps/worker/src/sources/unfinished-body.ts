import type { PlainResponse } from 'got';
import type { ArrivedBody } from './arrived-body.ts';

/** The part of a body that broke off: a download keeps it, so that its next try asks for the rest only. */
export interface UnfinishedBody {
  /** Headers with which a request to `url` gets the rest; none when nothing of it was kept. */
  headersFor(url: URL): Record<string, string>;
  /** The part that was kept, when `response` is its rest; otherwise the part is dropped. */
  resume(url: URL, response: PlainResponse): ArrivedBody | undefined;
  /** Keeps what has arrived when the server can give the rest; otherwise gives its memory back. */
  keep(url: URL, response: PlainResponse, body: ArrivedBody): void;
  /** Gives the memory of what is kept back. */
  drop(): void;
}

interface Kept {
  url: string;
  /** A strong ETag, or the time of the last change: what makes sure that the rest is of the same file. */
  validator: string;
  total: number;
  body: ArrivedBody;
}

/** Less is as soon asked for again. */
const LEAST_BYTES = 64 * 1024;

export function createUnfinishedBody(): UnfinishedBody {
  let kept: Kept | undefined;
  const drop = (): void => {
    kept?.body.release();
    kept = undefined;
  };
  return {
    drop,
    headersFor: ({ href }) =>
      kept?.url === href ? { range: `bytes=${kept.body.received()}-`, 'if-range': kept.validator } : {},
    resume({ href }, response) {
      if (kept?.url !== href) return undefined;
      if (response.statusCode === 206 && isRest(response, kept)) {
        const { body } = kept;
        kept = undefined;
        return body;
      }
      drop();
      return undefined;
    },
    keep({ href }, response, body) {
      const total = totalOf(response);
      const validator = validatorOf(response);
      const isWorthIt =
        validator !== undefined &&
        total !== undefined &&
        body.received() >= LEAST_BYTES &&
        body.received() < total;
      if (isWorthIt) kept = { url: href, validator, total, body };
      else body.release();
    },
  };
}

function isRest(response: PlainResponse, { body, total, validator }: Kept): boolean {
  const [, start, end, of] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.headers['content-range'] ?? '') ?? [];
  const isSame = validatorOf(response) ?? validator;
  return (
    Number(start) === body.received() &&
    Number(end) === total - 1 &&
    Number(of) === total &&
    isSame === validator
  );
}

/** Bytes of the whole file, where the server says that it gives parts of it, as they are. */
function totalOf({ headers, statusCode }: PlainResponse): number | undefined {
  if (headers['content-encoding'] !== undefined) return undefined;
  if (statusCode === 206) return Number(/\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1]);
  const length = Number(headers['content-length']);
  return headers['accept-ranges'] === 'bytes' && length > 0 ? length : undefined;
}

function validatorOf({ headers }: PlainResponse): string | undefined {
  const { etag } = headers;
  if (etag !== undefined) return etag.startsWith('W/') ? undefined : etag;
  return headers['last-modified'];
}
