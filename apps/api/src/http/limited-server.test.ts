import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLimitedServer } from './limited-server.ts';

let server: Server;
let sockets: Socket[];

const HASTY = {
  headersMs: 100,
  requestMs: 300,
  silenceMs: 250,
  keepAliveMs: 200,
  connections: 3,
  checkEveryMs: 20,
};
/** For what is not about time, on a machine however slow. */
const PATIENT = { ...HASTY, headersMs: 30_000, requestMs: 30_000, silenceMs: 30_000 };

async function listen(limits: typeof HASTY): Promise<void> {
  server = createLimitedServer('/sockets/', limits);
  server.on('request', (request, response) => {
    if (request.url === '/big') response.end(Buffer.alloc(64 * 1024 * 1024));
    else request.resume().on('end', () => response.end('ok'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

async function close(): Promise<void> {
  for (const socket of sockets) socket.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

beforeEach(async () => {
  sockets = [];
  await listen(HASTY);
});
afterEach(close);

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
  await close();
  await listen(PATIENT);
  const first = await open('GET / HTTP/1.1\r\nhost: a\r\n');
  await open('');
  await open('');
  await once(await open('GET / HTTP/1.1\r\nhost: a\r\n\r\n'), 'close');
  first.write('\r\n');
  const [answer] = await once(first, 'data');
  expect(String(answer)).toContain('200 OK');
});

test.each([
  ['GARBAGE\r\n\r\n', 400, 'BAD_REQUEST'],
  [`GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: a\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
  ['POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', 400, 'BAD_REQUEST'],
])(
  'what cannot be read as a request, such as %.20j, is told so as a problem document',
  async (words, status, code) => {
    const socket = await open(words);
    let said = '';
    socket.on('data', (data) => {
      said += data;
    });
    await once(socket, 'close');
    const [head = '', body = ''] = said.split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(head).toContain('x-content-type-options: nosniff');
    expect(head).toContain("content-security-policy: default-src 'none'");
    expect(JSON.parse(body)).toMatchObject({ status, code });
  },
);

test('an answer that is half out is not followed by another one when the next request is garbage', async () => {
  const socket = await open('GET /big HTTP/1.1\r\nhost: a\r\n\r\n');
  socket.pause();
  await once(socket, 'readable');
  socket.write('GARBAGE\r\n\r\n');
  let last = '';
  socket.on('data', (data) => {
    last = `${last}${data.toString('latin1')}`.slice(-2000);
  });
  socket.resume();
  await once(socket, 'close');
  expect(last).not.toContain('HTTP/1.1');
});

describe('an offer to change the protocol', () => {
  const answerTo = async (words: string) => {
    server.on('upgrade', (_request, socket) => void socket.end('upgraded'));
    const socket = await open(words);
    const [said] = await once(socket, 'data');
    return String(said).split('\r\n', 1)[0];
  };
  const asking = (path: string, protocol: string, more = '') =>
    `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: ${protocol}\r\n${more}\r\n`;

  test.each([
    ['curl --http2 makes', asking('/', 'h2c', 'http2-settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n')],
    ['names several protocols', asking('/sockets/', 'h2c, websocket')],
    ['is a web socket where there are none', asking('/', 'websocket')],
    ['is of no known protocol', asking('/sockets/', 'TLS/1.0')],
    [
      'Java makes with a body',
      `POST / HTTP/1.1\r\nhost: a\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AA\r\ncontent-length: 2\r\n\r\n{}`,
    ],
  ])('which %s is not taken up, and the request answered', async (_case, words) => {
    expect(await answerTo(words)).toBe('HTTP/1.1 200 OK');
  });

  test('is taken up when it is a web socket at the right place', async () => {
    expect(await answerTo(asking('/sockets/?x=1', 'WebSocket'))).toBe('upgraded');
  });
});
