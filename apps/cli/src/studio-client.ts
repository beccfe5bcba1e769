import { setTimeout as sleep } from 'node:timers/promises';
import { BatchView, Problem, SkuView } from '@image-studio/contract';
import { z } from 'zod';
import { CliError } from './cli-error.ts';

export interface Connection {
  /** Where the API is. */
  url: string;
  key?: string | undefined;
  signal: AbortSignal;
}

export type StudioClient = ReturnType<typeof createStudioClient>;

/** A busy server, or one that is being restarted, is asked again so often; a repeat does no harm. */
const TRIES = 6;
/** Where nobody has ever answered, nobody will: a wrong address is told within two seconds. */
const FIRST_TRIES = 3;
const MOST_WAIT_MS = 30_000;
const PAGE_SIZE = 200;
const SkuPage = z.object({ items: z.array(SkuView), nextCursor: z.string().nullable() });

/** The product as seen through its REST. Throws `CliError` in the server's own words. */
export function createStudioClient({ url, key, signal }: Connection) {
  const base = url.replace(/\/+$/, '');
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };

  let wasReached = false;

  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    for (let tries = 1; ; tries++) {
      signal.throwIfAborted();
      const response = await fetch(`${base}/api/v1${path}`, {
        ...init,
        headers: { ...authorization, ...init.headers },
        signal,
      }).catch((cause: unknown) => {
        signal.throwIfAborted();
        if (tries >= (wasReached ? TRIES : FIRST_TRIES)) throw unreachable(base, cause);
        return null;
      });
      wasReached ||= response !== null;
      if (response?.ok) return response;
      const isLater = response === null || response.status === 429 || response.status === 503;
      if (!isLater || tries >= TRIES) throw await problemOf(response as Response);
      const asked = Number(response?.headers.get('retry-after')) * 1000;
      await response?.body?.cancel();
      await sleep(Math.min(asked || 250 * 2 ** tries, MOST_WAIT_MS), undefined, { signal });
    }
  }

  async function ask<T>(schema: z.ZodType<T>, path: string, init?: RequestInit): Promise<T> {
    return schema.parse(await (await send(path, init)).json());
  }

  const json = (method: string, body: unknown): RequestInit => ({
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const of = (id: string) => `/batches/${encodeURIComponent(id)}`;

  return {
    url: base,
    key,
    signal,
    send,
    ask,
    json,
    batch: (id: string) => ask(BatchView, of(id)),
    act: (id: string, action: string, body: unknown = {}) =>
      ask(z.looseObject({}), `${of(id)}/${action}`, json('POST', body)),
    /** In the order of submission, a page at a time. */
    async *skus(id: string): AsyncGenerator<SkuView> {
      for (let cursor: string | null = ''; cursor !== null; ) {
        const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const page: z.infer<typeof SkuPage> = await ask(SkuPage, `${of(id)}/skus?limit=${PAGE_SIZE}${query}`);
        yield* page.items;
        cursor = page.nextCursor;
      }
    },
  };
}

function unreachable(url: string, cause: unknown): CliError {
  const reason = (cause as { cause?: { code?: string } }).cause?.code ?? (cause as Error).message;
  return new CliError(
    'UNREACHABLE',
    `${url} cannot be reached (${reason}). Is it running? STUDIO_URL says where it is.`,
  );
}

async function problemOf(response: Response): Promise<CliError> {
  const problem = Problem.safeParse(await response.json().catch(() => null));
  if (!problem.success)
    return new CliError(
      `HTTP_${response.status}`,
      `The server answered ${response.status} ${response.statusText}.`,
    );
  const { code, title, detail = title, errors = [] } = problem.data;
  const hint = response.status === 401 ? ' Set STUDIO_KEY, or give --key-file.' : '';
  return new CliError(code, `${detail}${hint}`, errors);
}
