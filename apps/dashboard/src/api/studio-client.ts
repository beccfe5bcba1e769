import type { Problem } from '@image-studio/contract';
import { ProblemError } from './problem-error.ts';

/** The REST API. Every method rejects with `ProblemError`, or with the signal's reason. */
export interface StudioClient {
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  post<T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<T>;
  patch<T>(path: string, body: unknown): Promise<T>;
  delete(path: string): Promise<unknown>;
  put<T>(path: string, body: unknown): Promise<T>;
  /** Sends a body as it is. */
  submit<T>(
    path: string,
    body: string | Blob | Uint8Array<ArrayBuffer>,
    options: { contentType: string; headers?: Record<string, string>; signal?: AbortSignal },
  ): Promise<T>;
  /** The answer as a file. */
  blob(path: string): Promise<Blob>;
  /** Whether requests carry a key. */
  hasKey(): boolean;
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
  async function answerOf(path: string, init: RequestInit): Promise<Response> {
    const key = options.key();
    const headers = new Headers(init.headers);
    if (key) headers.set('authorization', `Bearer ${key}`);
    const response = await fetch(`api/v1/${path}`, { ...init, headers }).catch((error: unknown) => {
      if (init.signal?.aborted) throw error;
      throw new ProblemError(unreachable(), { cause: error });
    });
    if (response.ok) {
      options.onWelcome();
      return response;
    }
    // An answer to the key of before says nothing about the one of now.
    if (response.status === 401 && key === options.key()) options.onUnauthorized();
    throw new ProblemError(asProblem(await bodyOf(response), response));
  }
  async function send<T>(path: string, init: RequestInit): Promise<T> {
    const headers = { ...init.headers, accept: 'application/json' };
    const response = await answerOf(path, { ...init, headers });
    // One that breaks off, or is no JSON, is no answer.
    return response
      .text()
      .then((text) => (text === '' ? null : JSON.parse(text)) as T)
      .catch((error: unknown) => {
        if (init.signal?.aborted) throw error;
        throw new ProblemError(unreachable(), { cause: error });
      });
  }
  const sendBody = <T>(method: string, path: string, body: unknown, headers: Record<string, string>) =>
    send<T>(path, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : bodyThatOutlives(JSON.stringify(body))),
    });
  return {
    get: (path, signal) => send(path, signal ? { signal } : {}),
    post: (path, body, headers = {}) => sendBody('POST', path, body, headers),
    delete: (path) => send(path, { method: 'DELETE' }),
    patch: (path, body) => sendBody('PATCH', path, body, {}),
    put: (path, body) => sendBody('PUT', path, body, {}),
    submit: (path, body, { contentType, headers = {}, signal }) =>
      send(path, {
        method: 'POST',
        headers: { ...headers, 'content-type': contentType },
        body,
        ...(signal && { signal }),
      }),
    blob: async (path) => (await answerOf(path, {})).blob(),
    hasKey: () => options.key() !== null,
  };
}

/** In three bytes a character, less than what browsers still send of a page that has gone: 64 kB. */
const MOST_OUTLIVING = 20_000;

/** A small body is sent also when the page is left just then. */
function bodyThatOutlives(body: string): RequestInit {
  return { body, ...(body.length < MOST_OUTLIVING && { keepalive: true }) };
}

function bodyOf(response: Response): Promise<unknown> {
  return response.json().catch(() => null);
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
