import type { Socket } from 'node:net';
import { parseUrl, StageError, say } from '@image-studio/contract';
import { span } from '@image-studio/tracing';
import { type Agents, type PlainResponse, type Request, RequestError } from 'got';
import { type CookieJar, createCookieJar } from './cookie-jar.ts';
import { connectionFault, statusFault } from './download-fault.ts';
import type { FetchLimits, FetchPorts } from './fetch-ports.ts';
import { type FetchedPhoto, readBody } from './read-body.ts';
import { createWatchdog, type Watchdog } from './watchdog.ts';

/** As imgproxy allows; browsers allow 20. Shops behind a CDN and a login page need 4 to 6. */
const MAX_REDIRECTS = 10;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** A body of this size is cheaper to read than a new connection is to open. */
const DRAIN_MAX_BYTES = 16 * 1024;

/** One try: follows redirects and reads the body whole. Rejects with a `StageError` or the stop's reason. */
export async function fetchPhoto(address: URL, ports: FetchPorts): Promise<FetchedPhoto> {
  let url = address;
  const cookies = createCookieJar();
  for (let redirects = 0; ; redirects++) {
    if (redirects > MAX_REDIRECTS) {
      throw new StageError('SOURCE_UNREACHABLE', say`photo is behind more than ${MAX_REDIRECTS} redirects`, {
        verdict: 'fail',
      });
    }
    const outcome = await requestFresh(url, ports, cookies);
    if (!(outcome instanceof URL)) return outcome;
    ports.check(outcome);
    url = outcome;
  }
}

/**
 * A server may give up a kept connection just as we use it again (Node's own after 5 s). Nothing was answered then, so
 * the request is repeated at once on a new connection, and that costs none of the retries.
 */
async function requestFresh(url: URL, ports: FetchPorts, cookies: CookieJar): Promise<FetchedPhoto | URL> {
  try {
    return await requestOnce(url, ports, cookies);
  } catch (error) {
    if (!(error instanceof StaleConnection)) throw error;
    return requestOnce(url, ports, cookies, { http: false, https: false });
  }
}

class StaleConnection extends Error {
  override readonly name = 'StaleConnection';
}

/** One request: the photo, or where to look instead. */
function requestOnce(
  url: URL,
  ports: FetchPorts,
  cookies: CookieJar,
  agent?: Agents,
): Promise<FetchedPhoto | URL> {
  const attributes = { 'http.request.method': 'GET', 'server.address': url.host };
  return span('GET', { kind: 'client', attributes }, (asking) =>
    request(url, ports, { cookies, agent }, (status) => asking.set({ 'http.response.status_code': status })),
  );
}

async function request(
  url: URL,
  ports: FetchPorts,
  { cookies, agent }: { cookies: CookieJar; agent: Agents | undefined },
  onStatus: (status: number) => void,
): Promise<FetchedPhoto | URL> {
  const { client, limits, stop, unfinished } = ports;
  stop.signal.throwIfAborted();
  const cookie = cookies.headerFor(url);
  const rest = unfinished.headersFor(url);
  const headers = { ...ports.headersFor(url), ...rest, ...(cookie !== undefined && { cookie }) };
  const stream = client.stream(url, { signal: stop.signal, headers, ...(agent && { agent }) });
  const watchdog = createWatchdog((phase, withinMs) => {
    const seconds = withinMs / 1000;
    const message = say`${url.host} did not ${phase} within ${seconds} s`;
    stream.destroy(new StageError('SOURCE_TIMEOUT', message, { verdict: 'retry' }));
  });
  // Errors after the last await of this request have no other listener.
  stream.on('error', () => {});
  watchConnection(stream, url, limits, watchdog);
  try {
    const response = await responseOf(stream);
    onStatus(response.statusCode);
    watchdog.expect('send more data', limits.idleTimeoutMs);
    cookies.keep(url, response.headers['set-cookie']);
    const target = redirectTarget(response, url);
    const arrived = target ? undefined : unfinished.resume(url, response);
    if (arrived || (!target && isWhole(response.statusCode)))
      return await readBody(stream, response, url, watchdog, ports, arrived);
    await dismiss(stream, response);
    if (target) return target;
    if (rest.range !== undefined && NO_REST.has(response.statusCode)) throw otherPart(url.host);
    throw statusFault(url.host, response.statusCode, response.headers['retry-after']);
  } catch (error) {
    stop.signal.throwIfAborted();
    if (!stream.response && stream.reusedSocket && isReset(error)) throw new StaleConnection();
    throw connectionFault(url.host, error);
  } finally {
    watchdog.dispose();
    if (!stream.readableEnded) stream.destroy();
  }
}

function isReset(error: unknown): boolean {
  return error instanceof RequestError && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

function watchConnection(stream: Request, url: URL, limits: FetchLimits, watchdog: Watchdog): void {
  const awaitAnswer = () => watchdog.expect('answer', limits.responseTimeoutMs);
  watchdog.expect('accept a connection', limits.connectTimeoutMs);
  stream.once('socket', (socket: Socket) => {
    if (!socket.connecting) awaitAnswer();
    else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', awaitAnswer);
  });
}

function responseOf(stream: Request): Promise<PlainResponse> {
  return new Promise((resolve, reject) => {
    stream.once('response', resolve);
    stream.once('error', reject);
    // Destroyed without an error: only an abort does that, and the caller knows its reason.
    stream.once('close', () => reject(new Error('the request was closed')));
  });
}

function redirectTarget(response: PlainResponse, url: URL): URL | undefined {
  const { location } = response.headers;
  if (!REDIRECTS.has(response.statusCode) || !location) return undefined;
  // Node reads headers as latin1; servers that put a raw path there mean UTF-8.
  const target = Buffer.from(location, 'latin1').toString();
  const next = parseUrl(target, url);
  if (next !== null) return next;
  throw new StageError('SOURCE_UNREACHABLE', say`${url.host} redirects to something that is no address`, {
    verdict: 'fail',
  });
}

/** Answers to a question for the rest that give none of it: the next try asks for the whole. */
const NO_REST = new Set([206, 412, 416]);

function otherPart(host: string): StageError {
  return new StageError(
    'SOURCE_UNREACHABLE',
    say`${host} gave another part of the photo than was asked for`,
    {
      verdict: 'retry',
    },
  );
}

/** Any 2xx but 206, which is a part that nobody asked for. */
function isWhole(status: number): boolean {
  return status >= 200 && status < 300 && status !== 206;
}

/** Keeps the connection when the body is declared small; otherwise the caller's `destroy` ends it. */
async function dismiss(stream: Request, response: PlainResponse): Promise<void> {
  const length = Number(response.headers['content-length'] ?? Number.POSITIVE_INFINITY);
  if (length <= DRAIN_MAX_BYTES) await stream.resume().toArray();
}
