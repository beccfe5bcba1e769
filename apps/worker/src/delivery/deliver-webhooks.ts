import { performance } from 'node:perf_hooks';
import type { AddressGuard } from '@image-studio/address-guard';
import { parseUrl, StageError } from '@image-studio/contract';
import type { WebhookHandler, WebhookJob, WebhookOutcome } from '@image-studio/queue';
import { span } from '@image-studio/tracing';
import got, { type PlainResponse, type Request } from 'got';
import { createPausableTimeout } from '../sources/pausable-timeout.ts';
import { parseRetryAfter } from '../sources/retry-after.ts';
import { secretsFor } from './secrets-for.ts';
import { signWebhook } from './sign-webhook.ts';
import { webhookPayload } from './webhook-payload.ts';

export interface WebhookDeps {
  /** The one that downloads go through. */
  guard: AddressGuard;
  /** `secrets` sign for the tenant `default`; the others' own are derived from `roots`. */
  signing: { secrets: readonly string[]; roots: readonly string[] };
  /** From the name lookup to the answer's status. Default 15 s, as Standard Webhooks suggests (15–30 s). */
  timeoutMs?: number;
  onAttempt?(result: WebhookOutcome['result']): void;
}

/** A small body is read, so that a polite server does not see a reset; of a larger one nothing is. */
const DRAIN_MAX_BYTES = 16 * 1024;

/**
 * Sends one message, once. Only a 2xx counts; redirects are not followed, because a signed message is meant for the
 * address that was given. Rejects only when `signal` fires.
 */
export function deliverWebhooks(deps: WebhookDeps): WebhookHandler {
  const { guard, signing, timeoutMs = 15_000 } = deps;
  const client = got.extend({
    ...guard.gotOptions,
    // Receivers are called seldom: no connection is kept.
    agent: { http: false, https: false },
    throwHttpErrors: false,
    followRedirect: false,
    retry: { limit: 0 },
    decompress: false,
  });

  async function send(job: WebhookJob, url: URL): Promise<PlainResponse> {
    guard.check(url);
    const stop = createPausableTimeout([job.signal], timeoutMs, () => {
      return new NoAnswer(`${url.host} did not answer within ${timeoutMs / 1000} s`);
    });
    const body = JSON.stringify(webhookPayload(job));
    const stream = client.stream.post(url, { signal: stop.signal, body, headers: headersOf(job, body) });
    stream.on('error', () => {});
    try {
      const response = await responseOf(stream);
      await dismiss(stream, response);
      return response;
    } catch (error) {
      stop.signal.throwIfAborted();
      throw error;
    } finally {
      stop.dispose();
      stream.destroy();
    }
  }

  function headersOf(job: WebhookJob, body: string): Record<string, string> {
    const timestamp = Math.floor(Date.now() / 1000);
    const signature = signWebhook({ id: job.id, timestamp, body }, secretsFor(job, signing));
    return {
      'content-type': 'application/json',
      'user-agent': 'image-studio',
      'webhook-id': job.id,
      'webhook-timestamp': String(timestamp),
      ...(signature !== undefined && { 'webhook-signature': signature }),
    };
  }

  /** Its receiver would refuse a message without a signature, so it is kept until somebody can sign it. */
  function lacksRoot({ salts }: WebhookJob): Verdict | null {
    if (salts.length === 0 || signing.roots.length > 0) return null;
    return unreachable('the worker cannot sign it: it lacks the WEBHOOK_ROOT_SECRET of the API');
  }

  return async (job) => {
    const startedAt = performance.now();
    const outcome = lacksRoot(job) ?? (await judge(job, send));
    deps.onAttempt?.(outcome.result);
    return { ...outcome, ms: performance.now() - startedAt };
  };
}

class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

type Verdict = Omit<WebhookOutcome, 'ms'>;

async function judge(
  job: WebhookJob,
  send: (job: WebhookJob, url: URL) => Promise<PlainResponse>,
): Promise<Verdict> {
  const url = parseUrl(job.url);
  if (url === null) return refused('the address is not a URL');
  try {
    const attributes = { 'http.request.method': 'POST', 'server.address': url.host };
    const { statusCode, headers } = await span('POST', { kind: 'client', attributes }, async (sending) => {
      const response = await send(job, url);
      sending.set({ 'http.response.status_code': response.statusCode });
      return response;
    });
    return answered(url.host, { statusCode, headers });
  } catch (error) {
    job.signal.throwIfAborted();
    return failed(url.host, error);
  }
}

function answered(
  host: string,
  { statusCode, headers }: Pick<PlainResponse, 'statusCode' | 'headers'>,
): Verdict {
  if (statusCode >= 200 && statusCode < 300) return { result: 'delivered', statusCode, error: null };
  const isRedirect = statusCode >= 300 && statusCode < 400;
  const error = `${host} answered ${statusCode}${isRedirect ? '; redirects are not followed' : ''}`;
  if (statusCode === 410) return { result: 'gone', statusCode, error };
  const retryAfterMs = parseRetryAfter(headers['retry-after']);
  return { result: 'retry', statusCode, error, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

function failed(host: string, error: unknown): Verdict {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    // The guard's: its sentences tell nothing that only our resolver knows.
    if (cause instanceof StageError)
      return cause.verdict === 'retry' ? unreachable(cause.message) : refused(cause.message);
    if (cause instanceof NoAnswer) return unreachable(cause.message);
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return unreachable(`${host} could not be reached (${code})`);
}

const refused = (error: string): Verdict => ({ result: 'refused', statusCode: null, error });
const unreachable = (error: string): Verdict => ({ result: 'retry', statusCode: null, error });

function responseOf(stream: Request): Promise<PlainResponse> {
  return new Promise((resolve, reject) => {
    stream.once('response', resolve);
    stream.once('error', reject);
    stream.once('close', () => reject(new Error('the request was closed')));
  });
}

/** The status is what counts: a body that breaks off or dawdles changes nothing. */
async function dismiss(stream: Request, response: PlainResponse): Promise<void> {
  const length = Number(response.headers['content-length'] ?? Number.POSITIVE_INFINITY);
  if (length > DRAIN_MAX_BYTES) return;
  await stream
    .resume()
    .toArray()
    .catch(() => {});
}
