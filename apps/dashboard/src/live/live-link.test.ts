import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  ClientToServerEvents,
  MissedEvent,
  ServerToClientEvents,
  SubscribeAck,
  SubscribeRequest,
} from '@image-studio/contract';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { sampleBatch, sampleProgress, sampleSku } from '../state/sample-batch.ts';
import { createLiveLink, type Follower, type LiveLink } from './live-link.ts';

let server: Server<ClientToServerEvents, ServerToClientEvents>;
let socket: Socket<ServerToClientEvents, ClientToServerEvents>;
let link: LiveLink;
/** What the server was asked, and what it answers next. */
let asked: SubscribeRequest[];
let left: string[];
let answer: SubscribeAck;

beforeEach(async () => {
  asked = [];
  left = [];
  answer = { ok: true, missed: [] };
  const http = createServer();
  server = new Server(http, { serveClient: false });
  server.on('connection', (client) => {
    client.on('batch:subscribe', (request, ack) => {
      asked.push(request);
      ack(answer);
    });
    client.on('batch:unsubscribe', ({ batchId }) => left.push(batchId));
  });
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  const { port } = http.address() as AddressInfo;
  socket = io(`http://127.0.0.1:${port}`, { reconnectionDelay: 10, transports: ['websocket'] });
  link = createLiveLink(socket, 10);
});

afterEach(async () => {
  socket.close();
  await server.close();
});

/** A follower that writes down what it hears. */
function listener(seq = 0): Follower & { heard: string[]; at: number } {
  const follower = {
    heard: [] as string[],
    at: seq,
    seq: () => follower.at,
    onSnapshot: () => void follower.heard.push('snapshot'),
    onEvent: (event: MissedEvent) => {
      follower.at = event.seq;
      follower.heard.push(`${event.event} ${event.seq}`);
    },
    onFollowing: (now: boolean) => void follower.heard.push(now ? 'following' : 'not following'),
  };
  return follower;
}

async function eventually(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !holds(); ) {
    if (Date.now() > deadline) throw new Error(`never came true: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('createLiveLink', () => {
  test('subscribes once connected, from the last number, and passes on what was missed and what comes', async () => {
    answer = { ok: true, missed: [{ event: 'batch:progress', ...sampleProgress(8) }] };
    const follower = listener(7);
    link.follow('b1', follower);
    await eventually(() => follower.heard.length === 2);
    server.emit('sku:update', { batchId: 'b1', seq: 9, skus: [sampleSku('A')] });
    server.emit('sku:update', { batchId: 'other', seq: 9, skus: [] });
    server.emit('batch:progress', sampleProgress(9));
    await eventually(() => follower.heard.length === 4);
    expect(asked).toEqual([{ batchId: 'b1', seq: 7, view: 'brief' }]);
    expect(follower.heard).toEqual(['following', 'batch:progress 8', 'sku:update 9', 'batch:progress 9']);
  });

  test('asks again after a loss, for what came after the last it saw', async () => {
    const follower = listener(1);
    link.follow('b1', follower);
    await eventually(() => asked.length === 1);
    server.emit('batch:progress', sampleProgress(5));
    await eventually(() => follower.at === 5);
    const states: string[] = [];
    link.status.subscribe(() => states.push(link.status.get()));
    for (const client of server.sockets.sockets.values()) client.conn.close();
    await eventually(() => asked.length === 2);
    expect(asked[1]).toEqual({ batchId: 'b1', seq: 5, view: 'brief' });
    expect(states).toEqual(['reconnecting', 'live']);
  });

  test('hands over a snapshot, and does not insist on a batch that is not there', async () => {
    answer = { ok: true, snapshot: { seq: 3, batch: sampleBatch(), skus: [], nextCursor: null } };
    const follower = listener();
    link.follow('b1', follower);
    await eventually(() => follower.heard.length === 2);
    answer = { ok: false, error: { code: 'BATCH_NOT_FOUND', message: 'There is no such batch.' } };
    const other = listener();
    link.follow('b2', other);
    await eventually(() => other.heard.length === 1);
    answer = { ok: true, missed: [] };
    link.follow('b3', listener());
    await eventually(() => asked.some(({ batchId }) => batchId === 'b3'));
    expect([follower.heard, other.heard]).toEqual([['following', 'snapshot'], ['not following']]);
    expect(asked.filter(({ batchId }) => batchId === 'b2')).toHaveLength(1);
  });

  test('asks again when the server could not answer yet', async () => {
    answer = { ok: false, error: { code: 'REDIS_UNAVAILABLE', message: 'Not yet.' } };
    const follower = listener(4);
    link.follow('b1', follower);
    await eventually(() => follower.heard.includes('not following'));
    answer = { ok: true, missed: [{ event: 'batch:progress', ...sampleProgress(6) }] };
    await eventually(() => follower.at === 6);
    expect(follower.heard.slice(-2)).toEqual(['following', 'batch:progress 6']);
  });

  test('is silent after its follower has left, and tells the server', async () => {
    const follower = listener();
    const leave = link.follow('b1', follower);
    await eventually(() => asked.length === 1);
    leave();
    await eventually(() => left.length === 1);
    server.emit('batch:progress', sampleProgress(9));
    const last = listener();
    link.follow('b2', last);
    await eventually(() => asked.length === 2);
    expect(follower.heard.filter((word) => word !== 'following')).toEqual([]);
    expect(left).toEqual(['b1']);
  });
});
