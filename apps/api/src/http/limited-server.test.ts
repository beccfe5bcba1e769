import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createLimitedServer } from './limited-server.ts';

let server: Server;
let sockets: Socket[];

beforeEach(async () => {
  sockets = [];
  server = createLimitedServer({
    headersMs: 100,
    requestMs: 300,
    silenceMs: 250,
    keepAliveMs: 200,
    connections: 3,
    checkEveryMs: 20,
  });
  server.on('request', (request, response) => {
    if (request.url === '/big') response.end(Buffer.alloc(64 * 1024 * 1024));
    else request.resume().on('end', () => response.end('ok'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function open(firstWords: string): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(firstWords);
  return socket;
}

/** Sends a byte now and then until the other side hangs up; resolves with what it said. */
async function drip(socket: Socket): Promise<string> {
  const timer = setInterval(() => socket.write('x'), 20);
  let said = '';
  socket.on('data', (data) => {
    said += data;
  });
  await once(socket, 'close');
  clearInterval(timer);
  return said;
}

test('a client that never ends its headers is told so and cut off', async () => {
  expect(await drip(await open('GET / HTTP/1.1\r\nhost: a\r\nx-slow: '))).toContain('408 Request Timeout');
});

test('a client that never ends its body is told so and cut off', async () => {
  const socket = await open('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n');
  expect(await drip(socket)).toContain('408 Request Timeout');
});

test('a client that connects and says nothing is cut off', async () => {
  await once((await open('')).resume(), 'close');
});

test('a client that stops reading is cut off', async () => {
  const accepting = once(server, 'connection') as Promise<[Socket]>;
  const socket = await open('GET /big HTTP/1.1\r\nhost: a\r\n\r\n');
  socket.pause();
  const [accepted] = await accepting;
  await once(accepted, 'close');
});

test('a connection beyond the bound is dropped, and the others go on', async () => {
  const first = await open('GET / HTTP/1.1\r\nhost: a\r\n');
  await open('');
  await open('');
  await once(await open('GET / HTTP/1.1\r\nhost: a\r\n\r\n'), 'close');
  first.write('\r\n');
  const [answer] = await once(first, 'data');
  expect(String(answer)).toContain('200 OK');
});
