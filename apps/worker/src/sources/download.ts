import type { LookupAddress } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { type AddressGuard, createAddressGuard } from '@image-studio/address-guard';
import { parseUrl, StageError, say } from '@image-studio/contract';
import type { SourcePhoto } from '@image-studio/imaging/pool';
import type { SourceRef } from '@image-studio/planning';
import got, { type Got } from 'got';
import { type ByteBudget, createByteBudget } from './byte-budget.ts';
import { directAddress } from './direct-address.ts';
import { connectionFault } from './download-fault.ts';
import { fetchPhoto } from './fetch-photo.ts';
import { createPausableTimeout } from './pausable-timeout.ts';
import type { FetchedPhoto } from './read-body.ts';
import { createUnfinishedBody } from './unfinished-body.ts';

export interface DownloaderConfig {
  /** Largest photo. */
  maxBytes: number;
  /** One download altogether: every redirect, retry and wait between them. */
  timeoutMs: number;
  /** Name lookup, TCP and TLS together. */
  connectTimeoutMs: number;
  /** Further tries after the first. */
  retries: number;
  allowPrivate: boolean;
  /** Exact origins that may be private, e.g. the embedded sample catalogue's. */
  allowOrigins: readonly string[];
  /** From the connection to the first byte of the answer. Default 60 s: some suppliers render on demand. */
  responseTimeoutMs?: number;
  /** Between two pieces of the body. Default 30 s. */
  idleTimeoutMs?: number;
  /** First wait between two tries, doubled each time. Default 500 ms. */
  backoffMs?: number;
  /** Bytes of all photos of the process that arrive or wait to be prepared. Default 96 MB, or one photo if that is more. */
  maxBytesInFlight?: number;
  /** Who asks, for suppliers that want to know: an address or a mail address. */
  contact?: string | undefined;
  /** Sent to an origin, beside ours or instead of them. They may be secrets. */
  headers?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Answers for host names; default the system's resolver. */
  resolve?: (hostname: string) => Promise<LookupAddress[]>;
}

export interface DownloadContext {
  signal: AbortSignal;
  /** Called for every piece that arrives; `total` is there when the server announced it. */
  onProgress?: (progress: { received: number; total?: number }) => void;
}

/**
 * A photo whose bytes count against `maxBytesInFlight` until `release`. A caller that holds one must not wait for another
 * download, which may be waiting for these very bytes.
 */
export interface HeldPhoto {
  photo: SourcePhoto;
  release(): void;
}

/** Fetches supplier photos; one per process, because it owns the connections. */
export interface Downloader {
  /** The memory against which the bytes of all photos of the process count, until they are prepared. */
  memory: ByteBudget;
  /** Rejects with a `StageError` (`SOURCE_…`), or with the signal's reason as soon as that fires. */
  download(ref: SourceRef, context: DownloadContext): Promise<HeldPhoto>;
  /** Ends what is under way with a retryable error and closes every connection. */
  close(): Promise<void>;
}

/** Unused connections go after 15 s: most servers keep theirs longer, so few are closed just as we use them again. */
const KEEP_ALIVE = { keepAlive: true, maxFreeSockets: 32, timeout: 15_000 };
/** Thirty photos of 2 MB besides the room for one of the largest: more than two cores prepare in a second. */
const DEFAULT_BYTES_IN_FLIGHT = 96_000_000;
/** A longer wait is the queue's business: it hands the SKU back with `retryAfterMs` instead of holding a slot. */
const MAX_WAIT_IN_SLOT_MS = 20_000;

export function createDownloader(config: DownloaderConfig): Downloader {
  const guard = createAddressGuard(config);
  const agents = { http: new HttpAgent(KEEP_ALIVE), https: new HttpsAgent(KEEP_ALIVE) };
  const client = createClient(guard, agents, config.contact);
  const headersFor = ({ origin }: URL) => config.headers?.[origin] ?? {};
  const memory = createByteBudget(
    Math.max(config.maxBytesInFlight ?? DEFAULT_BYTES_IN_FLIGHT, config.maxBytes),
    config.maxBytes,
  );
  const limits = {
    maxBytes: config.maxBytes,
    connectTimeoutMs: config.connectTimeoutMs,
    responseTimeoutMs: config.responseTimeoutMs ?? 60_000,
    idleTimeoutMs: config.idleTimeoutMs ?? 30_000,
  };
  const closing = new AbortController();
  const active = new Set<Promise<FetchedPhoto>>();

  async function fetchWithRetries(ref: SourceRef, context: DownloadContext): Promise<FetchedPhoto> {
    const url = directAddress(parseAddress(ref.url, guard));
    const stop = createPausableTimeout([context.signal, closing.signal], config.timeoutMs, () =>
      timedOut(url.host, config.timeoutMs),
    );
    const unfinished = createUnfinishedBody();
    try {
      for (let attempt = 0; ; attempt++) {
        try {
          return await fetchPhoto(url, {
            client,
            check: guard.check,
            headersFor,
            limits,
            memory,
            stop,
            unfinished,
            onProgress: context.onProgress,
          });
        } catch (error) {
          stop.signal.throwIfAborted();
          const fault = connectionFault(url.host, error);
          const waitMs = fault.retryAfterMs ?? backoff(config.backoffMs ?? 500, attempt);
          const mayWaitMs = Math.min(MAX_WAIT_IN_SLOT_MS, stop.remainingMs());
          if (fault.verdict === 'fail' || attempt >= config.retries || waitMs > mayWaitMs) throw fault;
          await pause(waitMs, stop.signal);
        }
      }
    } finally {
      unfinished.drop();
      stop.dispose();
    }
  }

  async function fetchTracked(ref: SourceRef, context: DownloadContext): Promise<FetchedPhoto> {
    const fetching = fetchWithRetries(ref, context);
    active.add(fetching);
    try {
      return await fetching;
    } finally {
      active.delete(fetching);
    }
  }

  return {
    memory,
    async download(ref, context) {
      const { data, release } = await fetchTracked(ref, context);
      return { photo: { url: ref.url, name: ref.name, stem: ref.stem, data }, release };
    },
    async close() {
      closing.abort(
        new StageError('SOURCE_UNREACHABLE', say`the worker stopped during the download`, {
          verdict: 'retry',
        }),
      );
      await Promise.allSettled(active);
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

function createClient(
  guard: AddressGuard,
  agent: { http: HttpAgent; https: HttpsAgent },
  contact: string | undefined,
): Got {
  return got.extend({
    ...guard.gotOptions,
    agent,
    // Statuses, redirects and retries are this product's decisions. got would also read the whole body of an error
    // status or a redirect, however long it is.
    throwHttpErrors: false,
    followRedirect: false,
    retry: { limit: 0 },
    decompress: false,
    headers: {
      // Many firewalls let only requests in that begin like a browser's; this product's name stands behind that.
      'user-agent': `Mozilla/5.0 (compatible; image-studio${contact ? `; +${contact}` : ''})`,
      'accept-encoding': 'identity',
      // JPEG and PNG first: a server that converts on demand should not recompress to WebP for us.
      accept: 'image/jpeg,image/png,image/*;q=0.9,*/*;q=0.5',
    },
  });
}

/** Checked before the first try, so that a forbidden address costs no wait. */
function parseAddress(text: string, guard: AddressGuard): URL {
  const url = parseUrl(text);
  if (url === null) {
    throw new StageError('SOURCE_FORBIDDEN_ADDRESS', say`the photo has no valid http or https address`, {
      verdict: 'fail',
    });
  }
  guard.check(url);
  return url;
}

/** Doubles each time; half of it is random, so that a batch's failures do not come back in step. */
function backoff(firstMs: number, attempt: number): number {
  return firstMs * 2 ** attempt * (0.5 + Math.random() / 2);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

function timedOut(host: string, timeoutMs: number): StageError {
  const seconds = timeoutMs / 1000;
  return new StageError('SOURCE_TIMEOUT', say`photo from ${host} did not arrive within ${seconds} s`, {
    verdict: 'retry',
  });
}
