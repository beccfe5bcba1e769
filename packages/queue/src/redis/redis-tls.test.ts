import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { eventually, findRedisServer, freePort, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type Authority, type Certificate, createAuthority } from '@image-studio/testkit/certificates';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startQueueFixture } from '../testing/queue-fixture.ts';
import { connectPatient, disconnect } from './connect.ts';
import type { RedisServer } from './redis-options.ts';

let folder: string;
let authority: Authority;
let stranger: Authority;
let client: Certificate;
let redis: TestRedis;
let redisUrl: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'image-studio-tls-'));
  [authority, stranger] = await Promise.all([createAuthority(), createAuthority()]);
  const server = await authority.issue('localhost', '127.0.0.1');
  client = await authority.issue('image-studio');
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const tlsPort = await freePort();
  redis = await startTestRedis({
    settings: {
      'tls-port': String(tlsPort),
      'tls-cert-file': await file('server.crt', server.cert),
      'tls-key-file': await file('server.key', server.key),
      'tls-ca-cert-file': await file('ca.crt', authority.ca),
      'tls-auth-clients': 'yes',
    },
  });
  redisUrl = `rediss://localhost:${tlsPort}`;
});
afterAll(async () => {
  await redis?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('TLS', () => {
  test('carries a whole batch to a Redis that has its own authority and asks for certificates', async () => {
    const studio = await startQueueFixture({
      redis,
      server: { redisUrl, redisTls: { ca: authority.ca, ...client } },
    });
    await studio.startWorker({});
    const { id } = await studio.submit(['A', 'B', 'C']);
    await eventually(async () => {
      expect((await studio.api.batch(id))?.counts).toMatchObject({ completed: 3 });
    });
    await studio.close();
  });

  test.each([
    [
      'does not trust a server of another authority',
      () => ({ ca: stranger.ca, ...client }),
      /self.signed|signature failure/,
    ],
    [
      'does not trust a server by another name',
      () => ({ ca: authority.ca, ...client, servername: 'cache.example' }),
      /cache\.example/,
    ],
    [
      'is told that its certificate is missing',
      () => ({ ca: authority.ca }),
      /certificate required|closed|reset/i,
    ],
  ])('%s', async (_what, redisTls, reason) => {
    expect(await faultOf({ redisUrl, redisTls: redisTls() })).toMatch(reason);
  });

  test('takes a renewed certificate for the next connection, without a restart', async () => {
    let ca = stranger.ca;
    const redisTls = {
      get ca() {
        return ca;
      },
      ...client,
    };
    const connection = connectPatient({ redisUrl, redisTls });
    await once(connection, 'error');
    ca = authority.ca;
    await eventually(() => expect(connection.status).toBe('ready'));
    await disconnect(connection);
  });

  test('tells the server which host it wants, unless that is an address', async () => {
    const wanted: (string | false | null)[] = [];
    const server = createTlsServer(await authority.issue('localhost', '127.0.0.1'), (socket: TLSSocket) => {
      wanted.push(socket.servername);
      socket.destroy();
    });
    server.listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    for (const host of ['localhost', '127.0.0.1']) {
      await faultOf({ redisUrl: `rediss://${host}:${port}`, redisTls: { ca: authority.ca } });
    }
    server.close();
    expect(wanted).toContain('localhost');
    expect(wanted.filter((name) => name !== 'localhost' && name !== false)).toEqual([]);
    expect(wanted).toContain(false);
  });
});

describe('TLS to sentinels and to the primary that they name', () => {
  test('is what rediss+sentinel:// means', async () => {
    const port = await freePort();
    const file = join(folder, 'sentinel.conf');
    const tls = ['tls-cert-file server.crt', 'tls-key-file server.key', 'tls-ca-cert-file ca.crt'];
    const { port: primary } = new URL(redisUrl);
    const lines = [
      'port 0',
      `tls-port ${port}`,
      ...tls.map((line) => line.replace(/ (.*)/, ` ${folder}/$1`)),
      'tls-replication yes',
      `sentinel monitor studio 127.0.0.1 ${primary} 1`,
    ];
    await writeFile(file, `${lines.join('\n')}\n`);
    const binary = await findRedisServer({ autoInstall: true, say: () => {} });
    const sentinel = spawn(binary, [file, '--sentinel'], { stdio: 'ignore' });
    const ended = once(sentinel, 'exit');
    const connection = connectPatient({
      redisUrl: `rediss+sentinel://localhost:${port}/studio`,
      redisTls: { ca: authority.ca, ...client },
    });
    connection.on('error', () => {}); // until the sentinel is up
    await eventually(() => expect(connection.status).toBe('ready'), { timeoutMs: 30_000 });
    expect(await connection.ping()).toBe('PONG');
    await disconnect(connection);
    sentinel.kill('SIGKILL');
    await ended;
  });
});

/** Why this server cannot be reached. */
async function faultOf(server: RedisServer): Promise<string> {
  const connection = connectPatient(server);
  const fault = new Promise<string>((resolve) => {
    connection.on('error', (error) => resolve(error.message));
    connection.on('close', () => setImmediate(() => resolve('closed')));
  });
  const message = await fault;
  connection.disconnect();
  return message;
}
