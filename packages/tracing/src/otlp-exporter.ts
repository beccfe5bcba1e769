import { otlpJson } from './otlp-json.ts';
import type { Attributes } from './span.ts';
import { type EndedSpan, recordSpans } from './span.ts';

export interface OtlpOptions {
  /** Where spans are posted to. */
  url: string;
  /** Sent with each request; they may hold a key. */
  headers: Readonly<Record<string, string>>;
  /** What tells this process from others. */
  resource: Attributes;
  version: string;
  /** Share of the traces that begin in this process and are recorded, 0 to 1. */
  share: number;
  /** Takes out of a request what must not leave the process. */
  redact(text: string): string;
  log: { warn(fields: object, message: string): void; info(fields: object, message: string): void };
  everyMs?: number;
  timeoutMs?: number;
}

/** Some 2 MB; a collector that is away costs no more than that. */
const MOST_SPANS = 4096;
const SPANS_PER_REQUEST = 512;
const EVERY_MS = 2000;
const TIMEOUT_MS = 5000;
/** A collector that does not answer is asked ever more seldom. */
const LONGEST_WAIT_MS = 60_000;
/** Of the time to shut down, what the last spans may take. */
const LAST_MS = 1000;
/** Answers after which the same spans may be sent again, by the protocol. */
const TRY_AGAIN = new Set([429, 502, 503, 504]);

/**
 * Posts spans to a collector (OTLP over HTTP, JSON), in batches, from now on. Nobody waits for it: when the collector is
 * away spans are held up to a bound, then dropped, the newest first. Resolves when the last ones were sent or given up.
 */
export function exportSpans(options: OtlpOptions): { close(): Promise<void> } {
  const { log, everyMs = EVERY_MS, timeoutMs = TIMEOUT_MS } = options;
  let held: EndedSpan[] = [];
  let dropped = 0;
  let waitMs = everyMs;
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<boolean> | undefined;
  const closing = new AbortController();

  const record = (span: EndedSpan): void => {
    if (held.length >= MOST_SPANS) dropped += 1;
    else held.push(span);
    timer ??= setTimeout(next, waitMs).unref();
  };

  async function next(): Promise<void> {
    sending = sendAll(AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMs)]));
    const isWell = await sending;
    timer = undefined;
    waitMs = isWell ? everyMs : Math.min(LONGEST_WAIT_MS, waitMs * 2);
    if (held.length > 0 && !closing.signal.aborted) timer = setTimeout(next, waitMs).unref();
  }

  /** Whether the collector took them. */
  async function sendAll(signal: AbortSignal): Promise<boolean> {
    const wasWell = waitMs === everyMs;
    while (held.length > 0) {
      const some = held.slice(0, SPANS_PER_REQUEST);
      const fault = await send(some, signal);
      if (fault === null || !fault.mayPass) held = held.slice(some.length);
      if (fault === null) continue;
      if (wasWell && !closing.signal.aborted) log.warn({ reason: fault.reason }, 'spans cannot be sent');
      return false;
    }
    if (!wasWell) log.info({ dropped }, 'spans are sent again');
    dropped = 0;
    return true;
  }

  async function send(spans: EndedSpan[], signal: AbortSignal) {
    try {
      const response = await fetch(options.url, {
        method: 'POST',
        headers: { ...options.headers, 'content-type': 'application/json' },
        body: options.redact(otlpJson(spans, options.resource, options.version)),
        // Followed, a redirect would take the headers along.
        redirect: 'manual',
        signal,
      });
      await response.body?.cancel();
      if (response.ok) return null;
      return { reason: `the collector answers ${response.status}`, mayPass: TRY_AGAIN.has(response.status) };
    } catch (error) {
      const { cause, name } = error as Error & { cause?: { code?: string } };
      return { reason: cause?.code ?? name, mayPass: true };
    }
  }

  recordSpans({ record, share: options.share });
  return {
    async close() {
      recordSpans(null);
      closing.abort();
      clearTimeout(timer);
      await sending;
      await sendAll(AbortSignal.timeout(LAST_MS));
    },
  };
}
