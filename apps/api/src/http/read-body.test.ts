import { once } from 'node:events';
import { createServer, IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ProblemError } from './problem-error.ts';
import { readBody } from './read-body.ts';

const PACE = { largeBytes: 1000, minBytes: 100, everyMs: 50 };
const MAX_BYTES = 100_000;

let server: Server;
let released: number;
let mayGrow: (bytes: number) => boolean;
let reads: Promise<unknown>[];

beforeEach(async () => {
  reads = [];
  released = 0;
  mayGrow = () => true;
  const room = {
    grow: (bytes: number) => mayGrow(bytes),
    release() {
      released += 1;
    },
  };
  server = createServer((incoming, response) => {
    const read = readBody(incoming, MAX_BYTES, room, PACE).then(
      ({ bytes, sha256 }) => response.end(JSON.stringify({ length: bytes.length, sha256 })),
      (error: ProblemError) => response.writeHead(error.status, error.headers).end(error.code),
    );
    reads.push(read);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await Promise.all(reads);
});

function post(headers: Record<string, string | number> = {}) {
  const { port } = server.address() as AddressInfo;
  const sent = request({ port, host: '127.0.0.1', method: 'POST', headers });
  sent.on('error', () => {});
  const answer = once(sent, 'response').then(async ([response]) => {
    const text = Buffer.concat(await response.toArray()).toString();
    return `${response.statusCode} ${text}`;
  });
  return { sent, answer };
}

test.each([{}, { 'content-length': 70_000 }])(
  'reads a body whole, announced or not (%j)',
  async (headers) => {
    const { sent, answer } = post(headers);
    sent.write(Buffer.alloc(30_000, 'a'));
    sent.end(Buffer.alloc(40_000, 'b'));
    expect(await answer).toMatch(/^200 {"length":70000,"sha256":"[0-9a-f]{64}"}$/);
  },
);

test('a large body that stands still is not waited for', async () => {
  const { sent, answer } = post({ 'content-length': 70_000 });
  sent.write(Buffer.alloc(30_000, 'a'));
  expect(await answer).toBe('408 BODY_TOO_SLOW');
});

test('a large body that trickles is not waited for either, a small one is', async () => {
  const trickle = async (first: number) => {
    const { sent, answer } = post({ 'content-length': 70_000 });
    sent.write(Buffer.alloc(first, 'a'));
    const drops = setInterval(() => sent.write('x'), 10);
    const ended = setTimeout(() => sent.destroy(), 400);
    const said = await answer.catch(() => 'waited for');
    clearInterval(drops);
    clearTimeout(ended);
    return said;
  };
  expect(await trickle(2000)).toBe('408 BODY_TOO_SLOW');
  expect(await trickle(10)).toBe('waited for');
});

test('what finds no room gives back what it had at once, and is read to its end', async () => {
  mayGrow = (bytes) => bytes < 2000;
  const { sent, answer } = post({ 'content-length': 70_000 });
  sent.end(Buffer.alloc(70_000, 'a'));
  expect(await answer).toBe('503 BUSY');
  expect(released).toBe(1);
});

test('the body of somebody who has left is not waited for', async () => {
  const incoming = new IncomingMessage(new Socket());
  incoming.destroy();
  await once(incoming, 'close');
  await expect(readBody(incoming, MAX_BYTES, { grow: () => true, release() {} }, PACE)).rejects.toMatchObject(
    {
      code: 'BODY_INCOMPLETE',
    },
  );
});
