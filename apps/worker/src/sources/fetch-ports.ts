import type { Got } from 'got';
import type { ByteBudget } from './byte-budget.ts';
import type { PausableTimeout } from './pausable-timeout.ts';
import type { UnfinishedBody } from './unfinished-body.ts';

export interface FetchLimits {
  maxBytes: number;
  connectTimeoutMs: number;
  responseTimeoutMs: number;
  idleTimeoutMs: number;
}

export interface FetchPorts {
  /** Follows no redirects, decodes nothing, throws for no status: all three are decided here. */
  client: Got;
  /** The address guard's; got itself would refuse a redirect to `file:` before the guard sees it, as a fault of the net. */
  check(url: URL): void;
  limits: FetchLimits;
  /** What an operator wants sent to an origin: a key, a referer, another user agent. */
  headersFor(url: URL): Readonly<Record<string, string>>;
  /** Memory for bodies. */
  memory: ByteBudget;
  stop: PausableTimeout;
  /** What earlier tries of this download have of the photo. */
  unfinished: UnfinishedBody;
  onProgress?: ((progress: { received: number; total?: number }) => void) | undefined;
}
