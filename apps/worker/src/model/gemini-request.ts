import type { GeminiModel } from '@image-studio/planning';
import { parseRetryAfter } from '../source/retry-after.ts';
import { ApiFault } from './api-fault.ts';
import { type GeminiAccess, generateContent } from './google-generative-ai.ts';
import type { ModelRequest } from './image-model.ts';
import { parseAnswer } from './parse-answer.ts';
import { readBounded } from './read-bounded.ts';

/**
 * Largest answer that is read. A 4K PNG is about 25 MB, 34 MB in base64, and a draft may come with it; a stream that
 * does not end would fill the memory.
 */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** Of an error only the sentence matters. */
const MAX_ERROR_BYTES = 64 * 1024;

/**
 * One request to the API, sent at once and never again. Resolves to the parsed body of any answer with status 2xx, unchecked.
 * Rejects with `ApiFault`, or with whatever the signal made of the request.
 */
export async function sendGenerateContent(
  access: GeminiAccess,
  request: ModelRequest,
  model: GeminiModel,
  signal: AbortSignal,
): Promise<unknown> {
  return generateContent(access, request, model, async (url, init) => {
    const { bytes, contentType } = await send(url, { ...init, signal });
    return parseAnswer(bytes, contentType);
  });
}

/** Asks for the model's card. `null`: the server has no such route, as gateways that only relay `generateContent`. */
export async function readModelCard(access: GeminiAccess, model: string, signal: AbortSignal): Promise<void> {
  try {
    await send(`${access.baseUrl}/v1beta/models/${model}`, asked(access, signal));
  } catch (error) {
    if (!(error instanceof ApiFault)) throw error;
    // Google's own 404 names the model.
    const lacksRoute = [404, 405, 501].includes(error.httpStatus ?? 0) && !/models?\//.test(error.message);
    if (!lacksRoute) throw error;
  }
}

/** The bytes of a file that the API keeps, by its own address. */
export async function readFile(access: GeminiAccess, url: URL, signal: AbortSignal): Promise<Buffer> {
  const isFile = /\/files\/[^/:]+$/.test(url.pathname);
  const path = isFile ? `${url.pathname}:download?alt=media` : `${url.pathname}${url.search}`;
  const { bytes } = await send(`${url.origin}${path}`, asked(access, signal));
  return bytes;
}

function asked({ apiKey }: GeminiAccess, signal: AbortSignal): RequestInit {
  return { headers: { 'x-goog-api-key': apiKey }, signal };
}

async function send(url: string, init: RequestInit): Promise<{ bytes: Buffer; contentType: string }> {
  // Followed, a redirect would take the key along.
  const response = await connected(() => fetch(url, { ...init, redirect: 'manual' }));
  if (!response.ok) throw await readError(response);
  const bytes = await connected(() => readBounded(response, MAX_ANSWER_BYTES));
  if (bytes === null) {
    const limit = `${MAX_ANSWER_BYTES / 1024 / 1024} MiB`;
    throw new ApiFault('tooLarge', `it is larger than ${limit}`, { mayBeBought: true });
  }
  return { bytes, contentType: response.headers.get('content-type') ?? 'no type' };
}

/** What kept the request from leaving: nobody can have charged for it. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const NOT_TRUSTED = /^(ERR_TLS|CERT_|DEPTH_ZERO|UNABLE_TO|SELF_SIGNED)/;

/** By name, not by class: errors of the built-in fetch may come from another realm. Its own words are in its cause. */
async function connected<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { name, cause, message } = error as Error & { cause?: { code?: unknown } };
    if (name !== 'TypeError') throw error;
    const code = typeof cause?.code === 'string' ? cause.code : message;
    // Without a code nothing was sent either: the address cannot be used.
    const isRefused = NOT_SENT.has(code) || NOT_TRUSTED.test(code) || message === code;
    const mayBeBought = !isRefused || message === 'terminated';
    throw new ApiFault('network', code, { mayBeBought });
  }
}

async function readError(response: Response): Promise<ApiFault> {
  const { status, headers } = response;
  if (status >= 300 && status < 400) {
    await response.body?.cancel();
    const to = headers.get('location') ?? '';
    const where = URL.canParse(to, response.url) ? new URL(to, response.url).origin : 'elsewhere';
    return new ApiFault('redirect', where, { httpStatus: status });
  }
  const bytes = await readBounded(response, MAX_ERROR_BYTES).catch(() => null);
  const said = errorIn(parseOrNothing(bytes));
  const retryAfterMs = parseRetryAfter(headers.get('retry-after') ?? undefined);
  // A proxy that gave up waiting says so itself; what it waited for goes on behind it.
  const mayBeBought = said === null && (status === 504 || status === 524);
  return new ApiFault('http', said?.message ?? '', {
    httpStatus: status,
    details: said?.details ?? [],
    mayBeBought,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** An error with which the server answered although its status says that all is well. */
export function errorInside(body: unknown): ApiFault | null {
  const said = errorIn(body);
  if (said === null) return null;
  const code = Number(said.code);
  const httpStatus = code >= 400 && code < 600 ? code : 500;
  return new ApiFault('http', said.message, { httpStatus, details: said.details });
}

/** Google's error, also in an array (its streaming routes) and with gateways' own fields. */
function errorIn(body: unknown): { message: string; code: unknown; details: unknown[] } | null {
  const whole: unknown = Array.isArray(body) ? body[0] : body;
  if (typeof whole !== 'object' || whole === null) return null;
  const error: unknown = (whole as Record<string, unknown>).error;
  if (typeof error === 'string') return { message: error, code: undefined, details: [] };
  if (typeof error !== 'object' || error === null) return null;
  const { message, code, details } = error as Record<string, unknown>;
  return {
    message: typeof message === 'string' ? message : '',
    code,
    details: Array.isArray(details) ? details : [],
  };
}

function parseOrNothing(bytes: Buffer | null): unknown {
  try {
    return JSON.parse(bytes?.toString() ?? '');
  } catch {
    return null;
  }
}
