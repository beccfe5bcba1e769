import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { atMostEvery } from './at-most-every.ts';

/** However many ask, the numbers are gathered once in a second. */
export const METRICS_EVERY_MS = 1000;
/** Longest wait for the readiness check; a probe usually gives up after a few seconds itself. */
const READY_TIMEOUT_MS = 2000;

export interface OpsServerOptions {
  /** 0: any free port. */
  port: number;
  host: string;
  registry: Registry;
  /** Nobody may read `/metrics` here. Default: everybody who reaches the port may. */
  isMetricsOff?: boolean;
  /** Resolves when the process can work; the message of a rejection is the reason that `/readyz` gives. */
  ready: () => Promise<void>;
}

export interface OpsServer {
  port: number;
  url: string;
  close(): Promise<void>;
}

/** `/healthz` (the process lives), `/readyz` (503 and the reason while it cannot work), `/metrics`. */
export async function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const readMetrics = atMostEvery(METRICS_EVERY_MS, () => options.registry.metrics());
  const server = createServer((request, response) => {
    route(request.url ?? '/', response, options, readMetrics).catch((error: unknown) => {
      if (!response.headersSent) sendJson(response, 500, { status: 'error', reason: reasonOf(error) });
    });
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    port,
    url: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function route(
  url: string,
  response: ServerResponse,
  options: OpsServerOptions,
  readMetrics: () => Promise<string>,
): Promise<void> {
  switch (url.split('?', 1)[0]) {
    case '/healthz':
      return sendJson(response, 200, { status: 'ok' });
    case '/readyz':
      return answerReady(response, options.ready);
    case '/metrics':
      if (options.isMetricsOff) return sendJson(response, 404, { status: 'not found' });
      response.writeHead(200, { 'content-type': options.registry.contentType });
      response.end(await readMetrics());
      return;
    default:
      return sendJson(response, 404, { status: 'not found' });
  }
}

async function answerReady(response: ServerResponse, ready: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const reason = `the check did not answer within ${READY_TIMEOUT_MS} ms`;
    timer = setTimeout(() => reject(new Error(reason)), READY_TIMEOUT_MS);
  });
  try {
    await Promise.race([ready(), late]);
    sendJson(response, 200, { status: 'ready' });
  } catch (error) {
    sendJson(response, 503, { status: 'unavailable', reason: reasonOf(error) });
  } finally {
    clearTimeout(timer);
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
