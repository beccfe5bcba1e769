import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { inspect } from 'node:util';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { StageError } from '@image-studio/contract';
import type { SourceRef } from '@image-studio/planning';
import { eventually } from '@image-studio/testkit';
import { supplierFaults as faults } from '@image-studio/testkit/supplier-faults';
import { type Supplier, type SupplierHandler, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createDownloader, type Downloader, type DownloaderConfig } from './download.ts';

const photo = randomBytes(200_000);
/** What a download of it shows; the bytes themselves would fill the screen when a test fails. */
const wholePhoto = { sha256: sha256(photo) };
const never = new AbortController().signal;

let supplier: Supplier;
let downloader: Downloader;

beforeEach(async () => {
  supplier = await startSupplier();
  downloader = make();
});

afterEach(async () => {
  await downloader.close();
  await supplier.close();
});

function make(change: Partial<DownloaderConfig> = {}): Downloader {
  return createDownloader({
    maxBytes: 1_000_000,
    timeoutMs: 20_000,
    connectTimeoutMs: 5_000,
    retries: 2,
    backoffMs: 5,
    allowPrivate: false,
    allowOrigins: [supplier.origin],
    ...change,
  });
}

async function remake(change: Partial<DownloaderConfig>): Promise<void> {
  await downloader.close();
  downloader = make(change);
}

function sha256(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function ref(url: string): SourceRef {
  return { url, name: 'photo.jpg', stem: 'photo' };
}

/** The photo and its digest, the memory given back at once, or what was thrown. */
async function get(url: string, signal: AbortSignal = never): Promise<unknown> {
  try {
    const { photo, release } = await downloader.download(ref(url), { signal });
    release();
    return { ...photo, sha256: sha256(photo.data) };
  } catch (error) {
    return error;
  }
}

async function getServed(handler: SupplierHandler): Promise<unknown> {
  return get(supplier.serve('/photo.jpg', handler));
}

describe('a photo that is there', () => {
  test('arrives byte for byte, with its name', async () => {
    const url = supplier.serve('/photo.jpg', photo);
    expect(await get(url)).toEqual({
      url,
      name: 'photo.jpg',
      stem: 'photo',
      data: photo,
      ...wholePhoto,
    });
  });

  test('arrives without a declared length too', async () => {
    expect(await getServed(faults.chunked(photo))).toMatchObject(wholePhoto);
  });

  test('is asked for plainly, in its original format', async () => {
    await get(supplier.serve('/photo.jpg', photo));
    expect(supplier.requests[0]?.headers).toMatchObject({
      'accept-encoding': 'identity',
      accept: expect.stringMatching(/^image\/jpeg,image\/png/),
    });
  });

  test('reports progress, with the total when the server announces it', async () => {
    const seen: { received: number; total?: number }[] = [];
    const onProgress = (progress: { received: number; total?: number }) => void seen.push(progress);
    await downloader.download(ref(supplier.serve('/a.jpg', photo)), { signal: never, onProgress });
    expect(seen.at(-1)).toEqual({ received: photo.length, total: photo.length });
    await downloader.download(ref(supplier.serve('/b.jpg', faults.chunked(photo))), {
      signal: never,
      onProgress,
    });
    expect(seen.at(-1)).toEqual({ received: photo.length });
    const counted = seen.map(({ received }) => received).filter((received) => received <= photo.length);
    expect(counted.length).toBe(seen.length);
  });

  test('shares one connection with the next photo, over small errors and redirects too', async () => {
    const url = supplier.serve('/photo.jpg', photo);
    for (let count = 0; count < 5; count++) expect(await get(url)).toMatchObject(wholePhoto);
    await get(`${supplier.origin}/missing.jpg`);
    await get(supplier.serve('/moved.jpg', faults.redirect('/photo.jpg')));
    expect(supplier.connections()).toBe(1);
  });

  test('is found behind ten redirects, with the cookies that they set', async () => {
    for (let step = 1; step < 10; step++) supplier.serve(`/${step}`, faults.redirect(`/${step + 1}`));
    supplier.serve('/1', faults.status(302, { location: '/2', 'set-cookie': 'pass=yes; Path=/; HttpOnly' }));
    supplier.serve('/10', (request, response) => {
      const handler = request.headers.cookie === 'pass=yes' ? faults.photo(photo) : faults.status(403);
      handler(request, response);
    });
    expect(await getServed(faults.redirect('/1'))).toMatchObject(wholePhoto);
  });

  test('is asked for by name, with the headers that the operator gives for its origin and no other', async () => {
    const other = await startSupplier();
    const secret = { authorization: 'Bearer of-the-supplier', referer: 'https://shop.example/' };
    await remake({
      contact: 'photos@shop.example',
      headers: { [supplier.origin]: secret },
      allowOrigins: [supplier.origin, other.origin],
    });
    other.serve('/there.jpg', photo);
    expect(await getServed(faults.redirect(`${other.origin}/there.jpg`))).toMatchObject(wholePhoto);
    expect(supplier.requests[0]?.headers).toMatchObject({
      ...secret,
      'user-agent': 'Mozilla/5.0 (compatible; image-studio; +photos@shop.example)',
    });
    expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
    await other.close();
  });

  test('is found behind three redirects', async () => {
    supplier.serve('/3', photo);
    supplier.serve('/2', faults.redirect(`${supplier.origin}/3`, 301));
    supplier.serve('/1', faults.redirect('3/../2', 307));
    expect(await getServed(faults.redirect('/1', 308))).toMatchObject(wholePhoto);
  });

  test('is found where a raw UTF-8 path redirects to', async () => {
    supplier.serve('/主图.jpg', photo);
    const raw = Buffer.from('/主图.jpg').toString('latin1');
    expect(await getServed(faults.redirect(raw))).toMatchObject(wholePhoto);
  });
});

describe('a photo that is not there', () => {
  test.each([
    [404, 'SOURCE_NOT_FOUND', 'photo is not there: '],
    [410, 'SOURCE_NOT_FOUND', 'photo is not there: '],
    [401, 'SOURCE_UNREACHABLE', 'refused access'],
    [403, 'SOURCE_UNREACHABLE', '403 (Forbidden) and refused access'],
    [400, 'SOURCE_UNREACHABLE', '400 (Bad Request)'],
    [206, 'SOURCE_UNREACHABLE', '206 (Partial Content)'],
    [304, 'SOURCE_UNREACHABLE', '304 (Not Modified)'],
    [302, 'SOURCE_UNREACHABLE', '302 (Found)'],
  ])('answer %i is final: %s', async (status, code, words) => {
    expect(await getServed(faults.status(status))).toMatchObject({
      code,
      verdict: 'fail',
      message: expect.stringContaining(words),
    });
    expect(supplier.requests).toHaveLength(1);
  });

  test.each([204, 200])('an empty answer %i is no image', async (status) => {
    const url = supplier.serve('/photo.jpg', Buffer.alloc(0), { status });
    expect(await get(url)).toMatchObject({ code: 'SOURCE_NOT_AN_IMAGE', verdict: 'fail' });
    expect(supplier.requests).toHaveLength(1);
  });

  test('an eleventh redirect is one too many', async () => {
    for (let step = 1; step <= 10; step++) supplier.serve(`/${step}`, faults.redirect(`/${step + 1}`));
    supplier.serve('/11', photo);
    expect(await getServed(faults.redirect('/1'))).toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      verdict: 'fail',
      message: 'photo is behind more than 10 redirects',
    });
    expect(supplier.hits('/11')).toBe(0);
  });

  test('a redirect loop ends', async () => {
    expect(await getServed(faults.redirect('/photo.jpg'))).toMatchObject({ code: 'SOURCE_UNREACHABLE' });
    expect(supplier.requests).toHaveLength(11);
  });

  test('a redirect to something that is no address is final', async () => {
    expect(await getServed(faults.redirect('http://['))).toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      verdict: 'fail',
    });
  });

  test('what the client called an address may be no address at all', async () => {
    for (const url of [
      'photo.jpg',
      '/photo.jpg',
      'http://',
      'ftp://cdn.example/a.jpg',
      'data:image/png;base64,AA',
    ]) {
      expect(await get(url)).toMatchObject({ code: 'SOURCE_FORBIDDEN_ADDRESS', verdict: 'fail' });
    }
  });
});

describe('a supplier with a bad moment', () => {
  test.each([500, 502, 503, 504, 429, 408])('answer %i is tried again', async (status) => {
    const turn = faults.inTurn(faults.status(status), faults.status(status), faults.photo(photo));
    expect(await getServed(turn)).toMatchObject(wholePhoto);
    expect(supplier.requests).toHaveLength(3);
  });

  describe('in the middle of a photo', () => {
    const photo = randomBytes(400_000);
    /** Breaks off half-way, once, and gives the rest as `rest` says. */
    const breaking = (
      head: Record<string, string>,
      rest: (from: number) => [number, Record<string, string>, Buffer],
    ) => {
      const asked: (string | undefined)[] = [];
      const url = supplier.serve('/broken.jpg', (request, response) => {
        const { range, 'if-range': condition } = request.headers;
        asked.push(range && `${range} if ${String(condition)}`);
        if (asked.length === 1) {
          response.writeHead(200, { 'content-length': String(photo.length), ...head });
          response.write(photo.subarray(0, 200_000), () => setTimeout(() => response.destroy(), 20));
          return;
        }
        const from = Number(/\d+/.exec(range ?? '0')?.[0]);
        const [status, headers, body] = rest(from);
        response.writeHead(status, { 'content-length': String(body.length), ...headers });
        response.end(body);
      });
      return { url, asked };
    };
    const WHOLE = (): [number, Record<string, string>, Buffer] => [200, {}, photo];
    const REST = (from: number): [number, Record<string, string>, Buffer] => [
      206,
      { 'content-range': `bytes ${from}-${photo.length - 1}/${photo.length}`, etag: '"a"' },
      photo.subarray(from),
    ];
    const RANGES = { 'accept-ranges': 'bytes', etag: '"a"' };

    test('only the rest is asked for, where the server gives parts', async () => {
      const { url, asked } = breaking(RANGES, REST);
      expect(await get(url)).toMatchObject({ sha256: sha256(photo), data: photo });
      expect(asked).toEqual([undefined, expect.stringMatching(/^bytes=\d{5,6}- if "a"$/)]);
    });

    test.each([
      ['has changed since', RANGES, WHOLE, 2],
      ['gives no parts', {}, WHOLE, 2],
      ['has only a weak tag', { 'accept-ranges': 'bytes', etag: 'W/"a"' }, WHOLE, 2],
      [
        'gives another part than was asked for',
        RANGES,
        (from: number) =>
          from > 0 ? ([206, { 'content-range': 'bytes 0-9/10' }, photo.subarray(0, 10)] as const) : WHOLE(),
        3,
      ],
      [
        'does not know the range',
        RANGES,
        (from: number) => (from > 0 ? ([416, {}, Buffer.alloc(0)] as const) : WHOLE()),
        3,
      ],
    ])('all of it is asked for again of a server that %s', async (_, head, rest, requests) => {
      const { url, asked } = breaking(head as Record<string, string>, rest as typeof REST);
      expect(await get(url)).toMatchObject({ sha256: sha256(photo), data: photo });
      expect(asked).toHaveLength(requests as number);
    });

    test('what had come is given back when the download is given up', async () => {
      await remake({ retries: 0, maxBytesInFlight: 1_000_000 });
      const { url } = breaking(RANGES, REST);
      for (let time = 0; time < 8; time += 1) expect(await get(url)).toBeDefined();
      const ample = supplier.serve('/ample.jpg', randomBytes(900_000));
      expect(await get(ample)).toMatchObject({ sha256: expect.any(String) });
    });
  });

  test('and given up after the allowed retries, for the queue to try later', async () => {
    expect(await getServed(faults.status(503))).toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      verdict: 'retry',
    });
    expect(supplier.requests).toHaveLength(3);
  });

  test.each([
    ['resets the connection half-way', faults.resetHalfWay(photo)],
    ['closes it before all announced bytes came', faults.truncatedLength(photo)],
  ])('retries a supplier that %s', async (_, fault) => {
    expect(await getServed(faults.inTurn(fault, faults.photo(photo)))).toMatchObject(wholePhoto);
    expect(supplier.requests).toHaveLength(2);
  });

  test('a photo that never comes whole is unreachable, not half a photo', async () => {
    expect(await getServed(faults.truncatedLength(photo))).toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      verdict: 'retry',
      message: expect.stringContaining('dropped the connection before the photo was complete'),
    });
    expect(supplier.requests).toHaveLength(3);
  });

  test('a kept connection that the server has just given up costs no try', async () => {
    await remake({ retries: 0 });
    const url = supplier.serve('/photo.jpg', faults.resetReused(photo));
    for (let count = 0; count < 3; count++) expect(await get(url)).toMatchObject(wholePhoto);
  });

  test('a connection that is reset before any answer is not repeated for free when it was new', async () => {
    await remake({ retries: 0 });
    expect(await getServed((request) => void request.socket.resetAndDestroy())).toMatchObject({
      code: 'SOURCE_UNREACHABLE',
    });
    expect(supplier.requests).toHaveLength(1);
  });

  test('waits as long as Retry-After asks', async () => {
    await getServed(faults.inTurn(faults.status(429, { 'retry-after': '1' }), faults.photo(photo)));
    const [first, second] = supplier.requests;
    // Timers may fire a millisecond early.
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990);
  });

  test('understands a date in Retry-After', async () => {
    const past = new Date(Date.now() - 60_000).toUTCString();
    expect(
      await getServed(faults.inTurn(faults.status(503, { 'retry-after': past }), faults.photo(photo))),
    ).toMatchObject(wholePhoto);
  });

  test('a longer Retry-After goes to the queue instead of holding a slot', async () => {
    expect(await getServed(faults.status(503, { 'retry-after': '3600' }))).toMatchObject({
      verdict: 'retry',
      retryAfterMs: 3_600_000,
    });
    expect(supplier.requests).toHaveLength(1);
  });

  test('a host that refuses connections is unreachable for now', async () => {
    const origin = supplier.origin;
    await supplier.close();
    expect(await get(`${origin}/photo.jpg`)).toMatchObject({ code: 'SOURCE_UNREACHABLE', verdict: 'retry' });
    supplier = await startSupplier();
  });

  test.each(['ENOTFOUND', 'EAI_AGAIN'])(
    'a name that fails with %s is named, and tried again',
    async (code) => {
      const asked: string[] = [];
      await remake({
        resolve: async (hostname) => {
          asked.push(hostname);
          throw Object.assign(new Error('dns'), { code });
        },
      });
      expect(await get('http://cdn.example/a.jpg?token=topsecret')).toMatchObject({
        code: 'SOURCE_UNREACHABLE',
        verdict: 'retry',
        message: 'the name cdn.example leads to no public address',
      });
      expect(asked).toHaveLength(3);
    },
  );
});

describe('a photo that is too large', () => {
  test('is refused by its announced length, unread', async () => {
    expect(await get(supplier.serve('/photo.jpg', Buffer.alloc(1_000_001)))).toMatchObject({
      code: 'SOURCE_TOO_LARGE',
      verdict: 'fail',
      message: 'photo is 1.000001 MB, limit is 1 MB',
    });
    expect(supplier.requests).toHaveLength(1);
  });

  test('is cut off at the limit when its length was not announced', async () => {
    expect(await getServed(faults.endlessBody())).toMatchObject({
      code: 'SOURCE_TOO_LARGE',
      message: expect.stringMatching(/^photo is at least 1\.\d+ MB, limit is 1 MB$/),
    });
  });

  test('passes when it is exactly at the limit', async () => {
    const exact = Buffer.alloc(1_000_000, 7);
    expect(await get(supplier.serve('/a.jpg', exact))).toMatchObject({ sha256: sha256(exact) });
    expect(await get(supplier.serve('/b.jpg', faults.chunked(exact)))).toMatchObject({
      sha256: sha256(exact),
    });
  });

  test.each([404, 500, 302])('an endless body of an answer %i is not read', async (status) => {
    supplier.serve('/there.jpg', photo);
    const served = faults.endlessBody(status, status === 302 ? { location: '/there.jpg' } : {});
    const found = await getServed(served);
    if (status === 302) expect(found).toMatchObject(wholePhoto);
    else expect(found).toBeInstanceOf(StageError);
  });

  test.each([
    ['gzip', gzipSync(photo)],
    ['x-gzip', gzipSync(photo)],
    ['br', brotliCompressSync(photo)],
    ['deflate', deflateSync(photo)],
    ['deflate', deflateRawSync(photo)],
    ['gzip, br', brotliCompressSync(gzipSync(photo))],
  ])('content-encoding %s, which nobody asked for, is decoded', async (coding, body) => {
    expect(await getServed(faults.photo(body, { 'content-encoding': coding }))).toMatchObject(wholePhoto);
  });

  test.each(['identity', 'none', 'aws-chunked', 'base64', 'UTF-8', 'binary', 'image/jpeg', 'gzip'])(
    'content-encoding %s of a plain photo means none',
    async (coding) => {
      expect(await getServed(faults.photo(photo, { 'content-encoding': coding }))).toMatchObject(wholePhoto);
    },
  );

  test('a small answer that unpacks to more than the limit is given up there', async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000));
    expect(bomb.length).toBeLessThan(1_000_000);
    expect(await getServed(faults.photo(bomb, { 'content-encoding': 'gzip' }))).toMatchObject({
      code: 'SOURCE_TOO_LARGE',
    });
  });

  test('an answer that breaks off within its coding is no image', async () => {
    const body = gzipSync(photo).subarray(0, 100_000);
    expect(await getServed(faults.photo(body, { 'content-encoding': 'gzip' }))).toMatchObject({
      code: 'SOURCE_NOT_AN_IMAGE',
      message: expect.stringContaining('content-encoding gzip'),
    });
  });

  test('a web page is named, with its title', async () => {
    const page = Buffer.from('<!DOCTYPE html><html><head><title>Sign in – Shop</title></head></html>');
    expect(await getServed(faults.photo(page, { 'content-type': 'text/html' }))).toMatchObject({
      code: 'SOURCE_NOT_AN_IMAGE',
      verdict: 'fail',
      message: expect.stringContaining('a web page (“Sign in – Shop”) instead of a photo'),
    });
  });
});

describe('a supplier that takes its time', () => {
  test('a slow loris runs into the total timeout', async () => {
    await remake({ timeoutMs: 300 });
    expect(await getServed(faults.slowBody(20))).toMatchObject({
      code: 'SOURCE_TIMEOUT',
      verdict: 'retry',
      message: expect.stringMatching(/^photo from 127\.0\.0\.1:\d+ did not arrive within 0\.3 s$/),
    });
  });

  test('the total covers retries and the waits between them', async () => {
    await remake({ timeoutMs: 400, retries: 1000, backoffMs: 50 });
    const startedAt = Date.now();
    expect(await getServed(faults.status(500))).toBeInstanceOf(StageError);
    expect(Date.now() - startedAt).toBeLessThan(5_000);
  });

  test('silence before the headers', async () => {
    await remake({ responseTimeoutMs: 100, retries: 0 });
    expect(await getServed(faults.stallBeforeHeaders())).toMatchObject({
      code: 'SOURCE_TIMEOUT',
      message: expect.stringContaining('did not answer within 0.1 s'),
    });
  });

  test('silence in the middle of the body', async () => {
    await remake({ idleTimeoutMs: 100, retries: 0 });
    expect(await getServed(faults.stallInBody(photo))).toMatchObject({
      code: 'SOURCE_TIMEOUT',
      message: expect.stringContaining('did not send more data within 0.1 s'),
    });
  });

  test('silence is tried again', async () => {
    await remake({ idleTimeoutMs: 100 });
    expect(await getServed(faults.inTurn(faults.stallInBody(photo), faults.photo(photo)))).toMatchObject(
      wholePhoto,
    );
  });

  test('a name that is never resolved counts as connecting', async () => {
    await remake({ connectTimeoutMs: 100, retries: 0, resolve: () => new Promise(() => {}) });
    expect(await get('http://cdn.example/a.jpg')).toMatchObject({
      code: 'SOURCE_TIMEOUT',
      message: 'cdn.example did not accept a connection within 0.1 s',
    });
  });

  test('a TLS handshake that never ends counts as connecting', async () => {
    const sockets: { destroy(): void }[] = [];
    const mute: Server = createServer((socket) => void sockets.push(socket.on('error', () => {})));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const address = mute.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await remake({ connectTimeoutMs: 100, retries: 0, allowPrivate: true });
    expect(await get(`https://127.0.0.1:${port}/a.jpg`)).toMatchObject({
      code: 'SOURCE_TIMEOUT',
      message: expect.stringContaining('did not accept a connection'),
    });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => mute.close(resolve));
  });
});

describe('cancelling', () => {
  const reason = new Error('batch cancelled');

  test('a signal that already fired sends nothing', async () => {
    const url = supplier.serve('/photo.jpg', photo);
    expect(await get(url, AbortSignal.abort(reason))).toBe(reason);
    expect(supplier.requests).toHaveLength(0);
  });

  test.each<[string, SupplierHandler]>([
    ['before the headers', faults.stallBeforeHeaders()],
    ['in the body', faults.stallInBody(photo)],
    ['in an endless body', faults.slowBody(1, 100)],
  ])('%s stops at once, with the reason, and hangs up', async (_, fault) => {
    const stop = new AbortController();
    const hungUp = new Promise<void>((resolve) => {
      supplier.serve('/photo.jpg', (request, response) => {
        response.once('close', () => resolve());
        fault(request, response);
        setImmediate(() => stop.abort(reason));
      });
    });
    expect(await get(`${supplier.origin}/photo.jpg`, stop.signal)).toBe(reason);
    await hungUp;
    expect(supplier.requests).toHaveLength(1);
  });

  test('between two tries', async () => {
    const stop = new AbortController();
    const url = supplier.serve('/photo.jpg', (request, response) => {
      response.once('close', () => setImmediate(() => stop.abort(reason)));
      faults.status(503, { 'retry-after': '15', connection: 'close' })(request, response);
    });
    expect(await get(url, stop.signal)).toBe(reason);
    expect(supplier.requests).toHaveLength(1);
  });

  test('closing ends what is under way with a retryable error', async () => {
    supplier.serve('/photo.jpg', (request, response) => {
      faults.stallInBody(photo)(request, response);
      void downloader.close();
    });
    expect(await get(`${supplier.origin}/photo.jpg`)).toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      verdict: 'retry',
      message: 'the worker stopped during the download',
    });
    expect(await get(`${supplier.origin}/photo.jpg`)).toMatchObject({ verdict: 'retry' });
    expect(supplier.requests).toHaveLength(1);
  });
});

describe('memory', () => {
  /** Asks for `count` photos at once and tells how many were in use together at most. */
  async function mostInUse(url: string, count: number, atLeast: number): Promise<number> {
    let held = 0;
    let most = 0;
    const use = async () => {
      most = Math.max(most, ++held);
      // Nobody lets go before every request has come in and as many as should be are held.
      while (supplier.requests.length < count || most < atLeast) await new Promise(setImmediate);
      held--;
    };
    const hold = async () => {
      const { release } = await downloader.download(ref(url), { signal: never });
      await use();
      release();
    };
    await Promise.all(Array.from({ length: count }, hold));
    return most;
  }

  test.each([
    ['announced', photo],
    ['unknown', faults.chunked(photo)],
  ])(
    'photos in use and photos on the wire together stay within the budget, lengths %s',
    async (_name, served) => {
      await remake({ maxBytes: 200_000, maxBytesInFlight: 399_999 });
      expect(await mostInUse(supplier.serve('/photo.jpg', served), 12, 1)).toBe(1);
    },
  );

  test('suppliers that promise much and send little take no memory from the others', async () => {
    await remake({ maxBytes: 300_000, maxBytesInFlight: 600_000 });
    const abort = new AbortController();
    const promise = supplier.serve('/promise.jpg', (_request, response) => {
      response.writeHead(200, { 'content-length': '300000' }).write('x');
    });
    const dripping = supplier.serve('/drip.jpg', (_request, response) => {
      response.writeHead(200).write('x');
    });
    const stuck = Array.from({ length: 20 }, (_, at) => get(at % 2 === 0 ? promise : dripping, abort.signal));
    await eventually(() => expect(supplier.requests).toHaveLength(20));
    expect(await get(supplier.serve('/photo.jpg', photo))).toMatchObject(wholePhoto);
    abort.abort(new Error('enough'));
    await Promise.all(stuck);
  });

  test('failed and cancelled downloads give their share back', async () => {
    await remake({ maxBytes: 200_000, maxBytesInFlight: 200_000, idleTimeoutMs: 50, retries: 0 });
    expect(await getServed(faults.resetHalfWay(photo))).toBeInstanceOf(StageError);
    expect(await getServed(faults.stallInBody(photo))).toBeInstanceOf(StageError);
    expect(await getServed(faults.photo(photo))).toMatchObject(wholePhoto);
  });

  test('waiting for memory does not use up the time of the download', async () => {
    await remake({ maxBytes: 200_000, maxBytesInFlight: 200_000, timeoutMs: 250, idleTimeoutMs: 250 });
    const url = supplier.serve('/photo.jpg', photo);
    const { release } = await downloader.download(ref(url), { signal: never });
    setTimeout(release, 600);
    expect(await get(url)).toMatchObject(wholePhoto);
  });
});

describe('private hosts', () => {
  test.each(['file:///etc/passwd', 'data:image/png;base64,AA', 'ftp://cdn.example/a.jpg', 'javascript:1'])(
    'a redirect to %s is forbidden, and final',
    async (target) => {
      expect(await getServed(faults.redirect(target))).toMatchObject({
        code: 'SOURCE_FORBIDDEN_ADDRESS',
        verdict: 'fail',
        message: expect.stringContaining('only http: and https:'),
      });
      expect(supplier.requests).toHaveLength(1);
    },
  );

  test('a redirect into the private network opens no connection', async () => {
    let connections = 0;
    const victim = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => victim.listen(0, '127.0.0.1', resolve));
    const address = victim.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    for (const target of [
      `http://127.0.0.1:${port}/`,
      `https://localhost:${port}/`,
      `http://[::1]:${port}/`,
    ]) {
      expect(await getServed(faults.redirect(target))).toMatchObject({ code: 'SOURCE_FORBIDDEN_ADDRESS' });
      expect(await get(target)).toMatchObject({ code: 'SOURCE_FORBIDDEN_ADDRESS', verdict: 'fail' });
    }
    await new Promise((resolve) => victim.close(resolve));
    expect(connections).toBe(0);
  });

  test('a name with a private address is refused like one that does not exist, retries and all', async () => {
    let asked = 0;
    await remake({
      resolve: async () => {
        asked++;
        return [{ address: '10.0.0.7', family: 4 }];
      },
    });
    expect(await get('http://cdn.example/a.jpg?token=topsecret')).toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      verdict: 'retry',
      message: 'the name cdn.example leads to no public address',
    });
    expect(asked).toBe(3);
  });
});

test('no error repeats the query of the address, not even in its causes', async () => {
  await remake({ timeoutMs: 200, retries: 0 });
  const shown: string[] = [];
  for (const [path, handler] of Object.entries({
    '/a': faults.status(404),
    '/b': faults.status(503),
    '/c': faults.resetHalfWay(photo),
    '/d': faults.stallBeforeHeaders(),
    '/e': faults.photo(gzipSync(photo).subarray(0, 1000), { 'content-encoding': 'gzip' }),
    '/f': faults.endlessBody(),
  })) {
    const error = await get(`${supplier.serve(path, handler)}?signature=topsecret`);
    expect(error).toBeInstanceOf(StageError);
    shown.push(inspect(error, { depth: 5 }));
  }
  expect(shown.join('\n')).not.toContain('topsecret');
});
