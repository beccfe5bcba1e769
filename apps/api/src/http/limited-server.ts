import { createServer, type Server } from 'node:http';
import { refuseUnreadable } from './refuse-unreadable.ts';
import { upgradesOnly } from './upgrades-only.ts';

/** How long a client may keep a connection busy without getting on, and how many there may be. */
export interface ServerLimits {
  /** From the first byte of a request, or from the connection, to the end of its headers. */
  headersMs: number;
  /** The same to the end of its body: 20 MB at 170 kB/s. */
  requestMs: number;
  /** Nothing read and nothing written, e.g. by a client that stops reading. Web sockets have pings of their own. */
  silenceMs: number;
  /** Between two requests. Longer than the 60 s of load balancers, so that it is never us who hangs up. */
  keepAliveMs: number;
  connections: number;
  /** How often the first two are looked at. */
  checkEveryMs: number;
}

const LIMITS: ServerLimits = {
  headersMs: 20_000,
  requestMs: 120_000,
  silenceMs: 120_000,
  keepAliveMs: 65_000,
  connections: 10_000,
  checkEveryMs: 5_000,
};

/**
 * An HTTP server that slow and silent clients cannot fill; it listens nowhere yet. Its `upgrade` event is for web sockets
 * at `socketPath`.
 */
export function createLimitedServer(socketPath: string, limits: ServerLimits = LIMITS): Server {
  const server = createServer({
    IncomingMessage: upgradesOnly('websocket', socketPath),
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.checkEveryMs,
  });
  server.timeout = limits.silenceMs;
  server.maxConnections = limits.connections;
  refuseUnreadable(server);
  return server;
}
