import type { Server as HttpServer } from 'node:http';
import {
  type ClientToServerEvents,
  type ServerToClientEvents,
  type SubscribeAck,
  SubscribeRequest,
} from '@image-studio/contract';
import type { StudioApi } from '@image-studio/queue';
import type { Logger, Metrics } from '@image-studio/runtime';
import type { Request, RequestHandler, Response } from 'express';
import { Server, type Socket } from 'socket.io';
import type { Admission } from '../auth/admission.ts';
import { unauthorized } from '../auth/authenticate.ts';
import type { OriginGuard } from '../auth/origin-guard.ts';
import type { Principal } from '../auth/principal.ts';
import { createRateLimit } from '../auth/rate-limit.ts';
import { createDownloadSlots } from '../http/download-slots.ts';
import { problemOf } from '../http/problem-of.ts';
import type { Links } from '../views/links.ts';
import type { Tell, Viewer } from './follow-batch.ts';
import { createReaderQueue } from './reader-queue.ts';
import { type BatchWatch, watchBatches } from './watch-batches.ts';

/** Where web sockets are; socket.io's default. */
export const SOCKET_PATH = '/socket.io/';
/** Batches that one socket may follow at once; a dashboard follows one, an overview a page of them. */
const MAX_BATCHES = 50;
/** Of the 10,000 connections that a replica takes. */
const MOST_SOCKETS = { altogether: 8000, ofTenant: 2000 };
/** Requests of one connection a minute; a dashboard that opens a page sends one. */
const MAX_REQUESTS_PER_MINUTE = 600;
/** After so many more in vain the connection is cut; its client comes back by itself. */
const MAX_REFUSED = 3000;
/** socket.io writes its refusal a tick after it was made. */
const FAREWELL_MS = 20;
/** Who connects says at once who it is. */
const INTRODUCTION_MS = 10_000;
/** Requests are two fields; nobody needs to make us parse more. */
const MAX_MESSAGE_BYTES = 16 * 1024;
/**
 * Events that may wait for a browser that does not read. A flush is up to four (250 SKUs are about 100 KB each); a
 * browser that reads has none left when the next one comes.
 */
const MOST_UNSENT = 8;

export interface RelayDeps {
  server: HttpServer;
  api: StudioApi;
  links: Links;
  /** The same that REST comes through. */
  admission: Admission;
  guard: OriginGuard;
  log: Logger;
  metrics: Pick<Metrics, 'sockets'>;
  /** Sets the headers that every answer carries; socket.io's polling answers past the routes that set theirs. */
  secureHeaders: RequestHandler;
}

type StudioSocket = Socket<
  ClientToServerEvents,
  ServerToClientEvents,
  Record<string, never>,
  { principal: Principal }
>;

export interface Relay {
  /** Disconnects every browser; their clients reconnect to another replica by themselves. */
  close(): Promise<void>;
}

/** Relays what happens to batches to the browsers that follow them, over socket.io on the same server. */
export function relayEvents(deps: RelayDeps): Relay {
  const { server, api, links, admission, guard, log, metrics, secureHeaders } = deps;
  const io = new Server<
    ClientToServerEvents,
    ServerToClientEvents,
    Record<string, never>,
    { principal: Principal }
  >(server, {
    path: SOCKET_PATH,
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    connectTimeout: INTRODUCTION_MS,
    // Browsers do not apply the same-origin rule to web sockets; this does.
    allowRequest: (request, allow) => {
      try {
        guard({ method: 'POST', headers: request.headers });
        allow(null, true);
      } catch (error) {
        allow(problemOf(error).problem.code, false);
      }
    },
  });
  server.prependListener('request', (request, response) => {
    if (request.url?.startsWith(SOCKET_PATH)) {
      secureHeaders(request as Request, response as Response, () => {});
    }
  });
  io.engine.on('connection', (connection: StudioSocket['conn']) => {
    metrics.sockets.inc();
    connection.once('close', () => metrics.sockets.dec());
  });
  // A socket's id is a room of its own, so one broadcast, encoded once, reaches exactly these.
  const tell: Tell = (viewers, event, ...payload) => {
    io.to(viewers.map(({ id }) => id)).emit(event, ...payload);
  };
  const watch = watchBatches({ api, links, tell, log });

  // What downloads have: places, a share of which is one tenant's.
  const places = createDownloadSlots(MOST_SOCKETS);
  const turnedAway = new WeakSet<StudioSocket['conn']>();
  io.use((socket, next) => {
    const { address, auth, headers } = socket.handshake;
    try {
      // Guesses that are in the same packet as one that has failed are not looked at.
      if (turnedAway.has(socket.conn)) throw unauthorized(true);
      const forwardedFor = headers['x-forwarded-for'] as string | undefined;
      const caller = {
        ip: address,
        forwardedFor,
        door: 'socket' as const,
        asked: () => ({ action: 'connectSocket' }),
      };
      const principal = admission.socket(auth.token, caller);
      socket.conn.once('close', places.enter(principal.tenant));
      socket.data.principal = principal;
      next();
    } catch (error) {
      turnedAway.add(socket.conn);
      // One introduction is all that a connection has: what comes after it is not even decoded (5,000 guesses in one breath
      // held the loop for 30 ms), and it ends when its client has been told.
      socket.conn.removeAllListeners('data');
      next(new Error(problemOf(error).problem.code));
      setTimeout(() => socket.conn.close(), FAREWELL_MS);
    }
  });
  io.on('connection', (socket) => serveSocket(socket, watch, admission, log));

  return {
    async close() {
      watch.close();
      io.disconnectSockets(true);
      io.engine.close();
    },
  };
}

function serveSocket(socket: StudioSocket, watch: BatchWatch, admission: Admission, log: Logger): void {
  const { principal } = socket.data;
  // biome-ignore lint/complexity/useLiteralKeys: private in the types only; what the connection has yet to write.
  const unsent = () => socket.conn['writeBuffer'].length;
  const viewer: Viewer = { id: socket.id, isCongested: () => unsent() > MOST_UNSENT };
  const following = new Set<string>();
  const subscriptions = createReaderQueue({
    // A snapshot may be 2 MB.
    isCongested: () => unsent() > 0,
    drained: () => drainedOrClosed(socket),
    maxWaiting: MAX_BATCHES,
  });
  const pace = createRateLimit(MAX_REQUESTS_PER_MINUTE);
  let refusals = 0;

  // Whatever it is called: reading a message that nobody listens to costs as much.
  socket.use(([, ...parts], next) => {
    if (isWithinLimits()) next();
    else refuse(parts.at(-1));
  });

  /** The connection's own pace, and what its key has for all of its connections and requests together. */
  function isWithinLimits(): boolean {
    if (pace.take(socket.id).retryAfterSeconds !== null) return false;
    try {
      admission.again(principal);
      return true;
    } catch {
      return false;
    }
  }

  function refuse(ack: unknown): void {
    refusals += 1;
    if (refusals > MAX_REFUSED) socket.disconnect(true);
    else if (typeof ack === 'function') ack(refused('RATE_LIMITED', FLOODING));
  }

  socket.on('batch:subscribe', async (request, ack) => {
    const answer = await subscriptions.add(() => subscribe(request));
    if (!socket.connected) return;
    if (answer === null) refuse(ack);
    else if (typeof ack === 'function') ack(answer);
  });

  socket.on('batch:unsubscribe', (request, ack) => {
    const parsed = SubscribeRequest.safeParse(request);
    const known = parsed.success && following.delete(parsed.data.batchId);
    if (known) watch.leave(parsed.data.batchId, viewer);
    if (typeof ack === 'function') ack({ ok: known });
  });

  socket.on('disconnect', () => {
    subscriptions.close();
    for (const batchId of following) watch.leave(batchId, viewer);
    following.clear();
  });

  async function subscribe(request: unknown): Promise<SubscribeAck> {
    const parsed = SubscribeRequest.safeParse(request);
    if (!parsed.success) return refused('INVALID_REQUEST', 'A subscription is {batchId, seq?}.');
    const { batchId, seq, view } = parsed.data;
    if (!following.has(batchId) && following.size >= MAX_BATCHES) {
      return refused('TOO_MANY_BATCHES', `A connection follows at most ${MAX_BATCHES} batches.`);
    }
    following.add(batchId);
    try {
      const answer = await watch.join(batchId, viewer, principal.tenant, seq, view ?? 'whole');
      if (answer === null) following.delete(batchId);
      else if (!socket.connected || !following.has(batchId)) watch.leave(batchId, viewer);
      return answer ?? refused('BATCH_NOT_FOUND', 'There is no such batch.');
    } catch (error) {
      following.delete(batchId);
      watch.leave(batchId, viewer);
      const { problem } = problemOf(error);
      if (problem.status === 500) log.error({ err: error, batchId }, 'subscription failed');
      return refused(problem.code, problem.detail ?? problem.title);
    }
  }
}

const FLOODING = `A connection may send ${MAX_REQUESTS_PER_MINUTE} requests a minute, and have ${MAX_BATCHES} unanswered.`;

/** What the connection was to write has gone out, or nobody is there any more. */
function drainedOrClosed({ conn }: StudioSocket): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      conn.off('drain', settle);
      conn.off('close', settle);
      resolve();
    };
    conn.on('drain', settle);
    conn.on('close', settle);
  });
}

function refused(code: string, message: string): SubscribeAck {
  return { ok: false, error: { code, message } };
}
