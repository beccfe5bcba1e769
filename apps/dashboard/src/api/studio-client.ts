import type { Problem } from '@image-studio/contract';
import { ProblemError } from './problem-error.ts';

/** The REST API. Every method rejects with `ProblemError`, or with the signal's reason. */
export interface StudioClient {
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  post<T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<T>;
}

/**
 * Paths are relative to the page, so that the product also works behind a path prefix.
 * `key` is asked before every request; `onUnauthorized` is told of every 401, `onWelcome` of every success.
 */
export function createStudioClient(options: {
  key: () => string | null;
  onUnauthorized: () => void;
  onWelcome: () => void;
}): StudioClient {
  async function send<T>(path: string, init: RequestInit): Promise<T> {
    const key = options.key();
    const headers = new Headers(init.headers);
    headers.set('accept', 'application/json');
    if (key) headers.set('authorization', `Bearer ${key}`);
    const response = await fetch(`api/v1/${path}`, { ...init, headers }).catch((error: unknown) => {
      if (init.signal?.aborted) throw error;
      throw new ProblemError(unreachable(), { cause: error });
    });
    const body: unknown = await response.json().catch(() => null);
    if (response.ok) {
      options.onWelcome();
      return body as T;
    }
    if (response.status === 401) options.onUnauthorized();
    throw new ProblemError(asProblem(body, response));
  }
  return {
    get: (path, signal) => send(path, signal ? { signal } : {}),
    post: (path, body, headers = {}) =>
      send(path, {
        method: 'POST',
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}

function unreachable(): Problem {
  return { type: 'about:blank', title: 'The server cannot be reached', status: 0, code: 'UNREACHABLE' };
}

/** Proxies answer in HTML when the API is away, so the body may be anything. */
function asProblem(body: unknown, response: Response): Problem {
  if (typeof body === 'object' && body !== null && 'code' in body && 'title' in body) return body as Problem;
  const title = response.statusText || `HTTP ${response.status}`;
  return { type: 'about:blank', title, status: response.status, code: `HTTP_${response.status}` };
}
