import { randomBytes } from 'node:crypto';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { eventually } from '@image-studio/testkit';
import { type S3Operation, type S3StandIn, startS3StandIn } from '@image-studio/testkit/s3-stand-in';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ObjectStore } from './object-store.ts';
import type { S3StoreConfig } from './s3-config.ts';
import { createS3Store } from './s3-store.ts';

const MIB = 1024 * 1024;
const PNG = { contentType: 'image/png' };
const UNAVAILABLE = { name: 'StageError', code: 'STORE_UNAVAILABLE', verdict: 'retry' };

let server: S3StandIn;
let store: ObjectStore;
const opened: ObjectStore[] = [];

/** A store on the stand-in; waits are short, so that what hangs is found to hang soon. */
function open(changes: Partial<S3StoreConfig> = {}): ObjectStore {
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = server;
  const config = { endpoint, bucket, region, accessKeyId, secretAccessKey, forcePathStyle: true };
  const made = createS3Store({ ...config, connectTimeoutMs: 1_000, requestTimeoutMs: 400, ...changes });
  opened.push(made);
  return made;
}

function operations(): S3Operation[] {
  return server.requests.map((request) => request.operation);
}

beforeEach(async () => {
  server = await startS3StandIn({ bucket: 'pictures' });
  store = open();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
  await server.close();
});

describe('requests', () => {
  test('an object below 5 MB is one PUT, a larger one goes up in parts', async () => {
    // A busy machine must not make a part time out and come twice.
    store = open({ requestTimeoutMs: 20_000 });
    await store.put('small', randomBytes(5 * MIB - 1), PNG);
    expect(operations()).toEqual(['PutObject']);
    await store.put('large', randomBytes(12 * MIB), PNG);
    expect(operations().slice(1).sort()).toEqual(
      ['CompleteMultipartUpload', 'CreateMultipartUpload', 'UploadPart', 'UploadPart', 'UploadPart'].sort(),
    );
  });

  test('with checksums always, every object goes with its own', async () => {
    const checked = open({ checksums: 'always' });
    await checked.put('small', Buffer.from('x'), PNG);
    await checked.put('large', randomBytes(6 * MIB), PNG);
    const bodies = server.requests.filter(({ operation }) => /^PutObject|UploadPart$/.test(operation));
    expect(bodies).toHaveLength(3);
    for (const { headers } of bodies) expect(headers).toHaveProperty('x-amz-checksum-crc32');
    expect(await checked.get('small')).toEqual(Buffer.from('x'));
  });

  test('none asks for "100 Continue" or sends checksum trailers, which foreign servers refuse', async () => {
    await store.put('a', Buffer.from('x'), PNG);
    await store.putStream('b', Readable.from([randomBytes(6 * MIB)]), PNG);
    await store.get('a');
    const headers = server.requests.flatMap((request) => Object.keys(request.headers));
    expect(headers).toContain('x-amz-content-sha256');
    expect(headers.filter((name) => /^expect$|^x-amz-(checksum|sdk-checksum|trailer)/.test(name))).toEqual(
      [],
    );
  });

  test('one after the other share a connection', async () => {
    for (let turn = 0; turn < 10; turn += 1) await store.put(`a${turn}`, Buffer.from('x'), PNG);
    expect(server.connections()).toBe(1);
  });
});

describe('a server in trouble', () => {
  test.each([
    ['asks to slow down', { kind: 'error', status: 503, code: 'SlowDown' }],
    ['has an internal error', { kind: 'error', status: 500, code: 'InternalError' }],
    ['drops the connection', { kind: 'reset' }],
    ['does not answer', { kind: 'hang' }],
  ] as const)('that %s twice is asked a third time', async (_trouble, fault) => {
    let left = 2;
    server.interfere(() => (left-- > 0 ? fault : undefined));
    await store.put('a', Buffer.from('stored'), PNG);
    expect(operations()).toEqual(['PutObject', 'PutObject', 'PutObject']);
    expect(String(await store.get('a'))).toBe('stored');
  });

  test.each([
    ['slow down', { kind: 'error', status: 503, code: 'SlowDown' }],
    ['internal error', { kind: 'error', status: 500, code: 'InternalError' }],
    ['connection was lost', { kind: 'reset' }],
    ['did not answer in time', { kind: 'hang' }],
  ] as const)('that goes on is given up with "%s"', async (reason, fault) => {
    server.interfere(() => fault);
    const store = open({ maxAttempts: 2 });
    const failure = { ...UNAVAILABLE, message: expect.stringContaining(reason) };
    await expect(store.put('a', Buffer.from('x'), PNG)).rejects.toMatchObject(failure);
    expect(server.requests.length).toBe(2);
    await expect(store.get('a')).rejects.toMatchObject(failure);
    await expect(store.putStream('a', Readable.from(['x']), PNG)).rejects.toMatchObject(failure);
    await expect(store.check()).rejects.toMatchObject(failure);
    await expect(store.head('a')).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringMatching(/pictures/),
    });
  });

  test('that is not there is named with its address', async () => {
    const away = open({ endpoint: 'http://127.0.0.1:1' });
    await expect(away.put('a', Buffer.from('x'), PNG)).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringMatching(/write a in bucket pictures at 127\.0\.0\.1:1: nothing listens/),
    });
  });

  test('that breaks a body off once is read again', async () => {
    const body = randomBytes(MIB);
    await store.put('a', body, PNG);
    let left = 1;
    server.interfere(() => (left-- > 0 ? { kind: 'cut', afterBytes: 1000, end: 'reset' } : undefined));
    expect((await store.get('a'))?.equals(body)).toBe(true);
  });

  test.each(['reset', 'hang'] as const)('whose bodies always end in a %s is given up', async (end) => {
    await store.put('a', randomBytes(MIB), PNG);
    server.interfere(() => ({ kind: 'cut', afterBytes: 1000, end }));
    await expect(store.get('a')).rejects.toMatchObject(UNAVAILABLE);
    expect(operations()).toEqual(['PutObject', 'GetObject', 'GetObject', 'GetObject']);
    const found = await store.stream('a');
    await expect(found && buffer(found.body)).rejects.toMatchObject(UNAVAILABLE);
  });

  test('recovers: the store needs no new start', async () => {
    server.interfere(() => ({ kind: 'reset' }));
    await expect(store.check()).rejects.toMatchObject(UNAVAILABLE);
    server.interfere(() => undefined);
    await expect(store.check()).resolves.toBeUndefined();
  });
});

describe('a wrong configuration', () => {
  test('a missing bucket is an error for every method, never a missing object', async () => {
    const lost = open({ bucket: 'nowhere' });
    const failure = {
      ...UNAVAILABLE,
      message: expect.stringMatching(/in bucket nowhere at 127.*: the bucket does not exist there/),
    };
    await expect(lost.put('a', Buffer.from('x'), PNG)).rejects.toMatchObject(failure);
    await expect(lost.put('a', randomBytes(6 * MIB), PNG)).rejects.toMatchObject(failure);
    await expect(lost.putStream('a', Readable.from(['x']), PNG)).rejects.toMatchObject(failure);
    await expect(lost.get('a')).rejects.toMatchObject(failure);
    await expect(lost.stream('a')).rejects.toMatchObject(failure);
    await expect(lost.head('a')).rejects.toMatchObject(failure);
    await expect(lost.delete('a')).rejects.toMatchObject(failure);
    await expect(lost.check()).rejects.toMatchObject(failure);
  });

  test('a bucket that goes away later is noticed by the next check', async () => {
    await store.check();
    server.interfere(({ operation }) => ({
      kind: 'error',
      status: 404,
      code: operation === 'HeadObject' ? 'NotFound' : 'NoSuchBucket',
    }));
    await expect(store.check()).rejects.toThrow('the bucket does not exist there');
  });

  test('an unknown access key and a wrong secret are told apart', async () => {
    await expect(open({ accessKeyId: 'AKIDother' }).check()).rejects.toThrow(/S3_ACCESS_KEY_ID/);
    await expect(open({ secretAccessKey: 'wrong' }).check()).rejects.toThrow(/S3_SECRET_ACCESS_KEY/);
  });

  test('a key that may not write is found by the first check', async () => {
    server.interfere(({ operation }) =>
      operation === 'PutObject' ? { kind: 'error', status: 403, code: 'AccessDenied' } : undefined,
    );
    await expect(store.check()).rejects.toThrow('the access key has no permission');
  });

  describe('that meets a portal, which answers 200 to everything', () => {
    const page = '<html>Welcome. Please log in.</html>';
    let isInTheWay = true;
    let portal: Server;
    let endpoint: string;
    beforeEach(async () => {
      isInTheWay = true;
      portal = createServer((request, response) => {
        if (isInTheWay) {
          request
            .resume()
            .on('end', () => response.writeHead(200, { 'content-type': 'text/html' }).end(page));
          return;
        }
        const { method, headers, url } = request;
        const onward = httpRequest(new URL(url ?? '/', server.endpoint), { method, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 0, answer.headers);
          answer.pipe(response);
        });
        request.pipe(onward);
      });
      await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', resolve));
      endpoint = `http://127.0.0.1:${(portal.address() as AddressInfo).port}`;
    });
    afterEach(async () => {
      portal.closeAllConnections();
      await new Promise((resolve) => portal.close(resolve));
    });
    const failure = {
      ...UNAVAILABLE,
      message: expect.stringContaining('the server there is no object store'),
    };

    test('nothing is taken for stored', async () => {
      const fooled = open({ endpoint });
      await expect(fooled.check()).rejects.toMatchObject(failure);
      await expect(fooled.put('a', Buffer.from('x'), PNG)).rejects.toMatchObject(failure);
      await expect(fooled.put('a', randomBytes(6 * MIB), PNG)).rejects.toMatchObject(UNAVAILABLE);
    });

    test('later, the next check tells it from the store', async () => {
      isInTheWay = false;
      const fooled = open({ endpoint });
      await fooled.check();
      isInTheWay = true;
      await expect(fooled.check()).rejects.toMatchObject(failure);
      isInTheWay = false;
      await fooled.check();
    });
  });

  test('no error shows a credential or a signature, however deep one looks', async () => {
    const broken = [
      open({ accessKeyId: 'AKIDother' }),
      open({ secretAccessKey: 'sesame' }),
      open({ bucket: 'no' }),
    ];
    for (const each of broken) {
      const error: unknown = await each.check().catch((thrown: unknown) => thrown);
      const everything = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true });
      expect(everything).toContain('STORE_UNAVAILABLE');
      expect(everything).not.toMatch(/AKID|sesame|Signature=|Authorization|Credential=/);
      expect(everything).not.toContain(server.secretAccessKey);
    }
  });
});

describe('a server that has a region of its own', () => {
  beforeEach(async () => {
    await server.close();
    server = await startS3StandIn({ bucket: 'pictures', region: 'us-east-1' });
    store = open({ region: 'auto' });
  });

  test.each([
    ['put', (to: ObjectStore) => to.put('a', Buffer.from('x'), PNG)],
    ['large put', (to: ObjectStore) => to.put('a', randomBytes(6 * MIB), PNG)],
    ['stream', (to: ObjectStore) => to.putStream('a', Readable.from([randomBytes(6 * MIB)]), PNG)],
    ['get', (to: ObjectStore) => to.get('a')],
    ['head, whose answer has no words', (to: ObjectStore) => to.head('a')],
    ['check', (to: ObjectStore) => to.check()],
  ] as const)('tells it to whoever was configured without one: %s', async (_operation, work) => {
    await work(store);
    await store.put('b', Buffer.from('y'), PNG);
    const before = server.requests.length;
    expect(String(await store.get('b'))).toBe('y');
    expect(server.requests.length - before).toBe(1);
  });

  test('is asked for it before the first link is signed, once', async () => {
    await open({ region: 'us-east-1' }).put('a', Buffer.from('picture'), PNG);
    expect(await (await fetch(await store.url('a'))).text()).toBe('picture');
    const before = server.requests.length;
    await store.url('a');
    expect(server.requests.length).toBe(before);
  });

  test('is not asked again by links when nothing was ever stored', async () => {
    await server.close();
    server = await startS3StandIn({ bucket: 'pictures' });
    const links = open({ region: 'auto' });
    for (const key of ['a', 'b', 'c']) await links.url(key);
    expect(operations()).toEqual(['HeadObject']);
  });

  test('and does not answer holds no link up for long', async () => {
    server.interfere(() => ({ kind: 'hang' }));
    const patient = open({ region: 'auto', requestTimeoutMs: 60_000 });
    await expect(patient.url('a')).resolves.toContain('/pictures/a?');
  });

  test('refuses another one that was configured, and the message names the variable', async () => {
    await expect(open({ region: 'eu-south-9' }).check()).rejects.toThrow(/another region \(S3_REGION\)/);
  });
});

describe('an abort', () => {
  test('ends a request that hangs, at once and with its reason', async () => {
    const patient = open({ requestTimeoutMs: 60_000 });
    server.interfere(() => ({ kind: 'hang' }));
    const reason = new Error('batch was cancelled');
    const start = (work: (signal: AbortSignal) => Promise<unknown>) => {
      const abort = new AbortController();
      const settled = work(abort.signal).catch((error: unknown) => error);
      return { abort: () => abort.abort(reason), settled };
    };
    const started = [
      start((signal) => patient.put('a', Buffer.from('x'), { ...PNG, signal })),
      start((signal) => patient.putStream('a', Readable.from(['x']), { ...PNG, signal })),
      start((signal) => patient.get('a', { signal })),
      start((signal) => patient.stream('a', { signal })),
      start((signal) => patient.check(signal)),
    ];
    await eventually(() => expect(server.requests.length).toBe(started.length));
    for (const { abort } of started) abort();
    expect(await Promise.all(started.map(({ settled }) => settled))).toEqual(started.map(() => reason));
  });

  test('of an upload whose parts hang gives the upload back, and close waits for that', async () => {
    const patient = open({ requestTimeoutMs: 60_000 });
    server.interfere(({ operation }) => (operation === 'UploadPart' ? { kind: 'hang' } : undefined));
    const abort = new AbortController();
    const source = new PassThrough();
    const storing = patient.putStream('a', source, { ...PNG, signal: abort.signal });
    source.write(randomBytes(11 * MIB));
    await eventually(() => expect(operations().filter((each) => each === 'UploadPart').length).toBe(2));
    expect(server.openUploads()).toBe(1);
    abort.abort(new Error('shutting down'));
    await expect(storing).rejects.toThrow('shutting down');
    await patient.close();
    expect(server.openUploads()).toBe(0);
    expect(operations()).toContain('AbortMultipartUpload');
  });

  test('of an upload to a server that has gone silent does not hold up close', async () => {
    const patient = open({ requestTimeoutMs: 60_000 });
    let silent = false;
    server.interfere(() => (silent ? { kind: 'hang' } : undefined));
    const abort = new AbortController();
    const source = new PassThrough();
    const storing = patient.putStream('a', source, { ...PNG, signal: abort.signal });
    source.write(randomBytes(6 * MIB));
    await eventually(() => expect(operations()).toContain('UploadPart'));
    silent = true;
    abort.abort(new Error('shutting down'));
    await expect(storing).rejects.toThrow('shutting down');
    await eventually(() => expect(operations()).toContain('AbortMultipartUpload'));
    // A minute, three times over, if it waited for the answer.
    await patient.close();
    expect(server.openUploads()).toBe(1);
  });

  test('while the upload is being created does not leave one that nobody knows of', async () => {
    const abort = new AbortController();
    server.interfere(({ operation }) => {
      if (operation === 'CreateMultipartUpload') abort.abort(new Error('stop'));
      return undefined;
    });
    await expect(store.put('a', randomBytes(6 * MIB), { ...PNG, signal: abort.signal })).rejects.toThrow(
      'stop',
    );
    await store.close();
    expect(server.openUploads()).toBe(0);
    expect(server.keys()).toEqual([]);
  });
});

test('a long key does not push the reason out of the message', async () => {
  const failure = open({ bucket: 'nowhere' }).put('商'.repeat(341), Buffer.from('x'), PNG);
  await expect(failure).rejects.toThrow(
    /商…商+ in bucket nowhere at 127\.0\.0\.1:\d+: the bucket does not exist/,
  );
});

test('a part that fails for good stops the others, the source, and gives the upload back', async () => {
  server.interfere(({ operation, query }) =>
    operation === 'UploadPart' && query.get('partNumber') === '1'
      ? { kind: 'error', status: 403, code: 'AccessDenied' }
      : undefined,
  );
  let given = 0;
  const source = Readable.from(
    (async function* () {
      for (; given < 100; given += 1) yield randomBytes(MIB);
    })(),
  );
  await expect(store.putStream('a', source, PNG)).rejects.toMatchObject({
    ...UNAVAILABLE,
    message: expect.stringContaining('no permission'),
  });
  expect(given).toBeLessThan(60);
  expect([server.openUploads(), server.keys()]).toEqual([0, []]);
});

describe('links', () => {
  test('without a public address they are signed, open in any client, and stay the same for a while', async () => {
    await store.put('image-studio/商品 7/a+b_main.png', Buffer.from('picture'), PNG);
    const link = await store.url('image-studio/商品 7/a+b_main.png');
    const answer = await fetch(link);
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      'image/png',
      'picture',
    ]);
    expect(new URL(link).searchParams.get('X-Amz-Expires')).toBe(String(7 * 24 * 3600));
    expect(link).not.toContain(server.secretAccessKey);
    const altered = await fetch(link.replace('main', 'side'));
    expect(altered.status).toBe(403);
  });

  test('two in a row are equal, so that browsers can cache the picture', async () => {
    const links = [await store.url('a.png'), await store.url('a.png')];
    // The hour may turn between the two; then the third equals the second.
    links.push(await store.url('a.png'));
    expect(new Set(links).size).toBeLessThan(3);
  });

  test('are signed for the address that browsers reach, where the processes reach the server at another', async () => {
    await store.put('b.png', Buffer.from('picture'), PNG);
    const seen = open({ browserEndpoint: server.endpoint.replace('127.0.0.1', 'localhost') });
    const link = await seen.url('b.png');
    expect(new URL(link).hostname).toBe('localhost');
    expect(await (await fetch(link)).text()).toBe('picture');
    // It holds at that address only.
    expect((await fetch(link.replace('localhost', '127.0.0.1'))).status).toBe(403);
  });

  test('with a public address they are plain', async () => {
    const published = open({ publicUrl: 'https://cdn.example.com/shop/' });
    expect(await published.url('image-studio/商品/a b.png')).toBe(
      'https://cdn.example.com/shop/image-studio/%E5%95%86%E5%93%81/a%20b.png',
    );
  });
});
