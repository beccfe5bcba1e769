import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAddressGuard } from '@image-studio/address-guard';
import { WebhookPayload } from '@image-studio/contract';
import { type WebhookJob, webhookSecret } from '@image-studio/queue';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { deliverWebhooks, type WebhookDeps } from './deliver-webhooks.ts';

const OLD = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const NEW = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

interface Received {
  method: string | undefined;
  headers: Record<string, string>;
  body: string;
}

let server: Server;
let origin: string;
let connections: number;
let received: Received[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  received = [];
  connections = 0;
  answer = (_request, response) => void response.writeHead(204).end();
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = request.headers as Record<string, string>;
    received.push({ method: request.method, headers, body: Buffer.concat(chunks).toString() });
    answer(request, response);
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

function delivering(change: Partial<WebhookDeps> = {}, allowOrigins = [origin]) {
  const guard = createAddressGuard({ allowPrivate: false, allowOrigins });
  return deliverWebhooks({ guard, signing: { secrets: [OLD], roots: [] }, ...change });
}

function aMessage(change: Partial<WebhookJob> = {}): WebhookJob {
  return {
    id: 'msg_b1_1',
    event: 'batch.finished',
    at: '2026-11-24T08:00:00.000Z',
    url: `${origin}/hook?token=1`,
    publicUrl: 'https://studio.example',
    tenant: 'default',
    salts: [],
    signal: new AbortController().signal,
    batch: {
      id: 'b1',
      tenant: 'acme',
      name: '春'.repeat(200),
      status: 'completed',
      counts: { total: 3, waiting: 0, active: 0, completed: 2, failed: 1, cancelled: 0, needsReview: 0 },
      images: { expected: 3, done: 2 },
      calls: { made: 3, reused: 0, failed: 1 },
      costUsd: 0.12,
      options: { prompt: 'a secret recipe' } as never,
      eta: null,
      budgetUsd: null,
      pausedFor: null,
      seq: 9,
      createdAt: '2026-11-24T07:00:00.000Z',
      finishedAt: '2026-11-24T08:00:00.000Z',
      expiresAt: null,
    } as WebhookJob['batch'],
    ...change,
  };
}

describe('a message', () => {
  test('is thin, says what happened, and leads to the rest', async () => {
    expect(await delivering()(aMessage())).toMatchObject({ result: 'delivered', statusCode: 204 });
    const [{ method, headers, body } = { method: '', headers: {}, body: '' }] = received;
    expect(method).toBe('POST');
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': 'msg_b1_1' });
    expect(WebhookPayload.parse(JSON.parse(body))).toMatchObject({
      type: 'batch.finished',
      timestamp: '2026-11-24T08:00:00.000Z',
      data: {
        batchId: 'b1',
        status: 'completed',
        counts: { total: 3, failed: 1 },
        links: { self: 'https://studio.example/api/v1/batches/b1' },
      },
    });
    expect(Buffer.byteLength(body)).toBeLessThan(20_000);
    expect(body).not.toContain('recipe');
    expect(body).not.toContain('acme');
  });

  test('is verified by what receivers use', async () => {
    await delivering()(aMessage());
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    expect(new Webhook(OLD).verify(body, headers)).toMatchObject({ type: 'batch.finished' });
    expect(() => new Webhook(NEW).verify(body, headers)).toThrow('No matching signature');
    expect(() => new Webhook(OLD).verify(`${body} `, headers)).toThrow('No matching signature');
  });

  test('is signed with each secret while one replaces the other', async () => {
    await delivering({ signing: { secrets: [NEW, OLD], roots: [] } })(aMessage());
    const [{ headers, body } = { headers: {} as Record<string, string>, body: '' }] = received;
    for (const secret of [OLD, NEW]) new Webhook(secret).verify(body, headers);
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
  });

  test('carries no signature when there is no secret', async () => {
    await delivering({ signing: { secrets: [], roots: [] } })(aMessage());
    expect(received[0]?.headers).not.toHaveProperty('webhook-signature');
    expect(received[0]?.headers).toHaveProperty('webhook-id');
  });

  describe('of a tenant', () => {
    const roots = ['root-secret-of-tests'];
    const secretOf = (tenant: string, salt: string, root = roots[0] as string) =>
      webhookSecret({ root, tenant, salt });
    const signatures = async (change: Partial<WebhookJob>, all = roots) => {
      await delivering({ signing: { secrets: [OLD], roots: all } })(aMessage(change));
      const { headers, body } = received.at(-1) as Received;
      return {
        count: headers['webhook-signature']?.split(' ').length ?? 0,
        verifiedBy: (secret: string) => {
          new Webhook(secret).verify(body, headers);
          return true;
        },
      };
    };

    test('is signed with its own secret alone, which no other tenant has and WEBHOOK_SECRET is not', async () => {
      const { count, verifiedBy } = await signatures({ tenant: 'acme', salts: ['a1'] });
      expect(count).toBe(1);
      expect(verifiedBy(secretOf('acme', 'a1'))).toBe(true);
      for (const other of [OLD, secretOf('beta', 'a1'), secretOf('acme', 'b1')]) {
        expect(() => verifiedBy(other)).toThrow('No matching signature');
      }
    });

    test('is signed with the secret before as well while it is replaced, and from each root', async () => {
      const { count, verifiedBy } = await signatures({ tenant: 'acme', salts: ['a2', 'a1'] }, [
        'next-root-secret-of-tests',
        ...roots,
      ]);
      expect(count).toBe(4);
      for (const salt of ['a1', 'a2']) expect(verifiedBy(secretOf('acme', salt))).toBe(true);
      expect(verifiedBy(secretOf('acme', 'a2', 'next-root-secret-of-tests'))).toBe(true);
    });

    test('carries no signature when the tenant has no secret, and is kept when this worker lacks the root', async () => {
      expect((await signatures({ tenant: 'acme' })).count).toBe(0);
      const deliver = delivering({ signing: { secrets: [OLD], roots: [] } });
      received = [];
      expect(await deliver(aMessage({ tenant: 'acme', salts: ['a1'] }))).toMatchObject({
        result: 'retry',
        error: expect.stringContaining('WEBHOOK_ROOT_SECRET'),
      });
      expect(received).toEqual([]);
    });

    test('called default is signed with WEBHOOK_SECRET, and with its own when it has made one', async () => {
      const { count, verifiedBy } = await signatures({ tenant: 'default', salts: ['d1'] });
      expect([count, verifiedBy(OLD), verifiedBy(secretOf('default', 'd1'))]).toEqual([2, true, true]);
    });
  });

  test('is the same at every attempt', async () => {
    const deliver = delivering();
    await deliver(aMessage());
    await deliver(aMessage());
    expect(received[1]?.body).toBe(received[0]?.body);
  });
});

describe('the answer', () => {
  test.each([200, 201, 202, 204, 299])('%i is success', async (status) => {
    answer = (_request, response) => void response.writeHead(status).end();
    expect(await delivering()(aMessage())).toMatchObject({ result: 'delivered', error: null });
  });

  test.each([301, 302, 307, 308, 400, 401, 404, 429, 500, 503])('%i is not', async (status) => {
    answer = (_request, response) =>
      void response.writeHead(status, { location: `${origin}/elsewhere` }).end('x'.repeat(100));
    expect(await delivering()(aMessage())).toMatchObject({ result: 'retry', statusCode: status });
    expect(received).toHaveLength(1);
  });

  test('410 ends it', async () => {
    answer = (_request, response) => void response.writeHead(410).end();
    expect(await delivering()(aMessage())).toMatchObject({ result: 'gone', statusCode: 410 });
  });

  test('may name the time of the next attempt', async () => {
    answer = (_request, response) => void response.writeHead(503, { 'retry-after': '90' }).end();
    expect(await delivering()(aMessage())).toMatchObject({ result: 'retry', retryAfterMs: 90_000 });
  });

  test('counts by its status, however long its body is', async () => {
    answer = (_request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('x'.repeat(1000)), 5);
      response.on('close', () => clearInterval(drip));
    };
    expect(await delivering()(aMessage())).toMatchObject({ result: 'delivered' });
  });

  test('that does not come in time counts as none', async () => {
    answer = () => {};
    expect(await delivering({ timeoutMs: 50 })(aMessage())).toMatchObject({
      result: 'retry',
      statusCode: null,
      error: expect.stringMatching(/^127\.0\.0\.1:\d+ did not answer within 0\.05 s$/),
    });
  });

  test('that is cut off is tried again, and the error does not repeat the address', async () => {
    answer = (request) => void request.socket.destroy();
    const outcome = await delivering()(aMessage());
    expect(outcome).toMatchObject({ result: 'retry', error: expect.stringContaining('ECONNRESET') });
    expect(JSON.stringify(outcome)).not.toContain('token');
  });
});

describe('an address', () => {
  test.each([
    ['private', () => origin],
    ['private in other words', () => origin.replace('127.0.0.1', '0x7f.1')],
    ['private by name', () => origin.replace('127.0.0.1', 'localhost')],
    ['with a password', () => 'http://user:pass@example.com/'],
    ['on a port that is not the web', () => 'http://example.com:6379/'],
    ['of another protocol', () => 'ftp://example.com/'],
    ['that is none', () => 'nonsense'],
  ])('%s is refused for good, without a connection', async (_name, url) => {
    expect(await delivering({}, [])(aMessage({ url: url() }))).toMatchObject({
      result: 'refused',
      statusCode: null,
    });
    expect(connections).toBe(0);
  });

  test('that a redirect names is never visited', async () => {
    const target = createServer();
    let visits = 0;
    target.on('connection', () => {
      visits += 1;
    });
    target.listen(0, '127.0.0.1');
    await once(target, 'listening');
    const { port } = target.address() as AddressInfo;
    answer = (_request, response) =>
      void response.writeHead(307, { location: `http://127.0.0.1:${port}/` }).end();
    await delivering()(aMessage());
    expect(visits).toBe(0);
    target.close();
    await once(target, 'close');
  });
});

test('a shutdown takes the attempt back', async () => {
  const controller = new AbortController();
  answer = () => controller.abort(new Error('shutting down'));
  await expect(delivering()(aMessage({ signal: controller.signal }))).rejects.toThrow('shutting down');
});
