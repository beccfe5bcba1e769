import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { distinctColour, phoneHeic, productPhoto, repeatedScans } from '@image-studio/testkit/photos';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from './testing/start-test-api.ts';
import { startTestWorker, type TestWorker } from './testing/start-test-worker.ts';

const ACME = 'acme-run-key-of-tests';
const BETA = 'beta-run-key-of-tests';
const LOOK = 'acme-look-key-of-tests';
const KEYS = `operator@acme:${ACME},viewer@acme:${LOOK},operator@beta:${BETA},operator@tiny:tiny-run-key-of-tests`;

let redis: TestRedis;
let api: TestApi;
let worker: TestWorker;

beforeAll(async () => {
  redis = await startTestRedis();
  api = await startTestApi({
    REDIS_URL: redis.url,
    API_KEYS: KEYS,
    UPLOADS_MAX_BYTES: '400000',
    SOURCE_MAX_BYTES: '300000',
  });
  await eventually(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(200));
  worker = await startTestWorker(api.config);
});

afterAll(async () => {
  await worker?.close();
  await api?.close();
  await redis?.stop();
});

const photo = (seed: number, change: object = {}) =>
  productPhoto({ seed, colour: distinctColour(seed), width: 300, height: 200, ...change });
const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const upload = (bytes: Buffer, key = ACME, query = '') =>
  api.call('POST', `/photos${query}`, bytes, { key, headers: { 'content-type': 'image/jpeg' } });
const stored = async () =>
  (await readdir(join(api.config.dataDir, 'objects', 'photos')).catch(() => [])).sort();
const spooled = () => readdir(api.config.uploads.folder).catch(() => []);

async function sendForm(files: { name: string; bytes: Buffer }[], key = ACME) {
  const form = new FormData();
  for (const { name, bytes } of files) form.append('photo', new Blob([new Uint8Array(bytes)]), name);
  const response = await fetch(`${api.url}/api/v1/photos`, {
    method: 'POST',
    body: form,
    headers: { authorization: `Bearer ${key}` },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('an uploaded photo', () => {
  test('is stored once, under its content, and found by it', async () => {
    const bytes = await photo(1);
    const sha256 = digest(bytes);
    const first = await upload(bytes);
    expect(first).toMatchObject({
      status: 201,
      body: { sha256, url: `photo:${sha256}`, width: 300, height: 200, bytes: bytes.length },
    });
    expect(Date.parse(first.body.expiresAt)).toBeGreaterThan(Date.now() + 29 * 86_400_000);
    expect(await upload(bytes)).toMatchObject({ status: 200, body: { sha256 } });
    expect(await stored()).toEqual([`acme~${sha256}`]);
    expect(await readFile(join(api.config.dataDir, 'objects', 'photos', `acme~${sha256}`))).toEqual(bytes);
    expect(await api.call('GET', `/photos/${sha256}`, undefined, { key: LOOK })).toMatchObject({
      status: 200,
      body: { url: `photo:${sha256}` },
    });
    const looked = await fetch(`${api.url}/api/v1/photos/${sha256}`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${LOOK}` },
    });
    expect(looked.status).toBe(200);
    const asked = { sha256: [digest(Buffer.from('nothing')), sha256] };
    const { body } = await api.call('POST', '/photos/lookup', asked, { key: LOOK });
    expect(body.items).toEqual([expect.objectContaining({ sha256 })]);
    expect(await spooled()).toEqual([]);
  });

  test('of a form comes with its name, and one that cannot be used refuses no other', async () => {
    const [a, b] = [await photo(2), await photo(3)];
    const { status, body } = await sendForm([
      { name: 'MUG-01_1.jpg', bytes: a },
      { name: 'notes.txt', bytes: Buffer.from('hello') },
      { name: 'large.jpg', bytes: Buffer.alloc(300_001) },
      { name: 'MUG-01_2.jpg', bytes: b },
    ]);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      photos: [
        { name: 'MUG-01_1.jpg', sha256: digest(a) },
        { name: 'MUG-01_2.jpg', sha256: digest(b) },
      ],
      refused: [
        { name: 'notes.txt', code: 'SOURCE_NOT_AN_IMAGE' },
        { name: 'large.jpg', code: 'SOURCE_TOO_LARGE' },
      ],
    });
    expect(await sendForm([{ name: 'a.jpg', bytes: a }])).toMatchObject({
      status: 200,
      body: { sha256: digest(a), photos: [{ name: 'a.jpg' }], refused: [] },
    });
    expect(await spooled()).toEqual([]);
  });

  test('that a download would have failed for is refused in the same words', async () => {
    const [bomb, tiny, page] = [
      await repeatedScans(200),
      await photo(4, { width: 60, height: 60 }),
      Buffer.from('<!doctype html><title>Login</title>'),
    ];
    expect(await upload(bomb)).toMatchObject({
      status: 422,
      body: { code: 'SOURCE_NOT_AN_IMAGE', detail: expect.stringContaining('repeats its scans') },
    });
    expect(await upload(tiny)).toMatchObject({ status: 422, body: { code: 'SOURCE_TOO_SMALL' } });
    expect(await upload(page)).toMatchObject({
      status: 422,
      body: { code: 'SOURCE_NOT_AN_IMAGE', detail: expect.stringContaining('web page') },
    });
    expect(await upload(Buffer.alloc(0))).toMatchObject({
      status: 422,
      body: { code: 'SOURCE_NOT_AN_IMAGE' },
    });
    expect(await upload(Buffer.alloc(300_001))).toMatchObject({
      status: 413,
      body: { code: 'SOURCE_TOO_LARGE', detail: 'photo is 0.300001 MB, limit is 0.3 MB' },
    });
    for (const bytes of [bomb, tiny, page]) expect(await stored()).not.toContain(`acme~${digest(bytes)}`);
  });

  test('may be a HEIC as it is on a phone', async () => {
    const heic = phoneHeic();
    expect(await upload(heic)).toMatchObject({ status: 201, body: { width: 240, height: 320 } });
    expect(await upload(heic.subarray(0, 400))).toMatchObject({
      status: 422,
      body: { code: 'SOURCE_NOT_AN_IMAGE' },
    });
  });

  test('that is not the one announced is told apart', async () => {
    const bytes = await photo(5);
    const other = digest(Buffer.from('other'));
    expect(await upload(bytes, ACME, `?sha256=${other}`)).toMatchObject({
      status: 422,
      body: { code: 'DIGEST_MISMATCH' },
    });
    expect((await upload(bytes, ACME, `?sha256=${digest(bytes)}`)).status).toBe(200);
  });

  test('that is cut leaves nothing half behind, and comes whole the second time', async () => {
    const bytes = await photo(6, { width: 700, height: 600 });
    const before = await stored();
    const cut = httpRequest(`${api.url}/api/v1/photos`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ACME}`, 'content-length': bytes.length },
    });
    cut.on('error', () => {});
    cut.write(bytes.subarray(0, bytes.length / 2));
    await eventually(async () => expect(await spooled()).toHaveLength(1));
    cut.destroy();
    await eventually(async () => expect(await spooled()).toEqual([]));
    expect(await stored()).toEqual(before);
    expect((await upload(bytes)).status).toBe(201);
  });

  test('of a form that is cut does not take along those that had come whole', async () => {
    const [a, b] = [await photo(7), await photo(8)];
    const part = (name: string) =>
      `--x\r\ncontent-disposition: form-data; name="photo"; filename="${name}"\r\n\r\n`;
    const cut = httpRequest(`${api.url}/api/v1/photos`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ACME}`, 'content-type': 'multipart/form-data; boundary=x' },
    });
    cut.on('error', () => {});
    cut.write(part('a.jpg'));
    cut.write(a);
    cut.write(`\r\n${part('b.jpg')}`);
    cut.write(b.subarray(0, 3000));
    await eventually(async () => expect(await stored()).toContain(`acme~${digest(a)}`));
    cut.destroy();
    await eventually(async () => expect(await spooled()).toEqual([]));
    expect(await stored()).not.toContain(`acme~${digest(b)}`);
  });

  test('of a form without an end, without files, or that is none, is a fault of the form', async () => {
    const send = (body: string, type: string) =>
      api.call('POST', '/photos', body, { key: ACME, headers: { 'content-type': type } });
    const part = '--x\r\ncontent-disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\nabc';
    expect(await send(part, 'multipart/form-data; boundary=x')).toMatchObject({
      status: 400,
      body: { code: 'MALFORMED_FORM' },
    });
    expect(await send('--x--\r\n', 'multipart/form-data; boundary=x')).toMatchObject({
      status: 422,
      body: { code: 'NO_PHOTO' },
    });
    expect(await send('abc', 'multipart/form-data')).toMatchObject({ status: 400 });
    expect(await spooled()).toEqual([]);
  });

  test('counts against its tenant, until it is deleted', async () => {
    const key = 'tiny-run-key-of-tests';
    const sizes: number[] = [];
    let full: { status: number; body: { code: string; detail: string } } | undefined;
    for (let seed = 100; full === undefined; seed += 1) {
      const answer = await upload(await photo(seed, { width: 500, height: 500 }), key);
      if (answer.status === 201) sizes.push(answer.body.bytes);
      else full = answer;
    }
    expect(full).toMatchObject({ status: 413, body: { code: 'UPLOADS_FULL' } });
    expect(sizes.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(400_000);
    const [first] = (await stored()).filter((name) => name.startsWith('tiny~'));
    const sha256 = first?.slice('tiny~'.length) ?? '';
    expect((await api.call('DELETE', `/photos/${sha256}`, undefined, { key })).status).toBe(204);
    expect((await api.call('GET', `/photos/${sha256}`, undefined, { key })).status).toBe(404);
    expect((await upload(await photo(999), key)).status).toBe(201);
  });

  test('is for operators to upload', async () => {
    expect(await upload(await photo(11), LOOK)).toMatchObject({ status: 403 });
  });
});

describe('a batch', () => {
  const batch = (url: string) => ({ skus: [{ sku: 'A', images: [{ url }] }] });

  test('takes photos that its tenant has uploaded, and no others', async () => {
    const bytes = await photo(20);
    const url = `photo:${digest(bytes)}`;
    const unknown = {
      status: 422,
      body: {
        code: 'INVALID_BODY',
        errors: [
          { path: 'skus[0].images[0].url', message: expect.stringContaining('has not been uploaded') },
        ],
      },
    };
    expect(await api.call('POST', '/batches', batch(url), { key: ACME })).toMatchObject(unknown);
    await upload(bytes);
    expect(await api.call('POST', '/batches', batch(url), { key: ACME })).toMatchObject({ status: 202 });
    expect(await api.call('POST', '/batches/quote', batch(url), { key: LOOK })).toMatchObject({
      status: 200,
    });
    for (const path of ['/batches', '/batches/quote'])
      expect(await api.call('POST', path, batch(url), { key: BETA })).toMatchObject(unknown);
    const { body } = await api.call('POST', '/batches/preview', batch(url), { key: BETA });
    expect(body).toMatchObject({ quote: null, faults: [{ path: 'skus[0].images[0].url' }] });
    const table = `sku,image\nA,${url}\n`;
    const headers = { 'content-type': 'text/csv' };
    expect(await api.call('POST', '/batches', table, { key: ACME, headers })).toMatchObject({ status: 202 });
    expect(await api.call('POST', '/batches', table, { key: BETA, headers })).toMatchObject(unknown);
  });

  test('is told how an uploaded photo is named', async () => {
    expect(await api.call('POST', '/batches', batch('photo:ABC'), { key: ACME })).toMatchObject({
      status: 422,
      body: { errors: [{ message: expect.stringContaining('64 digits') }] },
    });
  });

  test('shows the sources of a SKU, also of one that failed, and takes others for it', async () => {
    const bytes = await photo(21);
    await upload(bytes);
    const url = `photo:${digest(bytes)}`;
    const submitted = await api.call(
      'POST',
      '/batches',
      { skus: [{ sku: 'bad 1', images: [{ url: 'https://a.example/1.jpg', name: 'one.jpg' }] }] },
      { key: ACME },
    );
    const at = `/batches/${submitted.body.id}`;
    await eventually(async () =>
      expect((await api.call('GET', at, undefined, { key: ACME })).body.status).toBe('failed'),
    );
    const sku = await api.call('GET', `${at}/skus/bad%201`, undefined, { key: ACME });
    expect(sku.body).toMatchObject({
      state: 'failed',
      sources: [{ url: 'https://a.example/1.jpg', name: 'one.jpg' }],
    });
    const change = { images: [{ url }], attributes: { title: 'Mug' } };
    expect(await api.call('PATCH', `${at}/skus/bad%201`, change, { key: BETA })).toMatchObject({
      status: 404,
    });
    expect(await api.call('PATCH', `${at}/skus/bad%201`, change, { key: LOOK })).toMatchObject({
      status: 403,
    });
    expect(await api.call('PATCH', `${at}/skus/none`, change, { key: ACME })).toMatchObject({ status: 404 });
    expect(await api.call('PATCH', `${at}/skus/bad%201`, {}, { key: ACME })).toMatchObject({ status: 422 });
    const unknown = { images: [{ url: `photo:${digest(Buffer.from('x'))}` }] };
    expect(await api.call('PATCH', `${at}/skus/bad%201`, unknown, { key: ACME })).toMatchObject({
      status: 422,
    });
    for (let time = 0; time < 2; time += 1) {
      expect(await api.call('PATCH', `${at}/skus/bad%201`, change, { key: ACME })).toMatchObject({
        status: 200,
        body: { state: 'failed', sources: [{ url }] },
      });
    }
    const retried = await api.call('POST', `${at}/retry`, { skus: ['bad 1'] }, { key: ACME });
    expect(retried.body.retried).toBe(1);
    await eventually(async () =>
      expect((await api.call('GET', at, undefined, { key: ACME })).body.status).toBe('failed'),
    );
  });

  test('gives back what failed as the table that was submitted, with the reason, and it can be sent again', async () => {
    const table =
      'Artikel;Bild;Farbe\r\nbad 7;https://a.example/7.jpg;rot\r\nGOOD;https://a.example/8.jpg;blau\r\n';
    const headers = { 'content-type': 'text/csv' };
    const { body } = await api.call('POST', '/batches', table, { key: ACME, headers });
    await eventually(async () =>
      expect((await api.call('GET', `/batches/${body.id}`, undefined, { key: ACME })).body.status).toBe(
        'completed',
      ),
    );
    const failed = await api.call('GET', `/batches/${body.id}/failed`, undefined, { key: LOOK });
    expect(failed.headers.get('studio-skus')).toBe('1');
    expect(failed.body.split('\r\n').map((line: string) => line.split(/[,;]/))).toEqual([
      ['Artikel', 'Bild', 'Farbe', 'failure_code', 'failure'],
      ['bad 7', 'https://a.example/7.jpg', 'rot', 'SOURCE_NOT_FOUND', 'the photo is gone (404)'],
      [''],
    ]);
    const again = await api.call('POST', '/batches', failed.body, { key: ACME, headers });
    expect(again).toMatchObject({ status: 202, body: { counts: { total: 1 } } });
    const skus = [
      { sku: 'bad 1', images: [{ url: 'https://a.example/1.jpg' }], attributes: { title: 'Mug' } },
    ];
    const json = await api.call('POST', '/batches', { skus }, { key: ACME });
    await eventually(async () => {
      const { body: rows } = await api.call('GET', `/batches/${json.body.id}/failed`, undefined, {
        key: LOOK,
      });
      expect(rows).toBe(
        'sku,image_1,title,failure_code,failure\r\nbad 1,https://a.example/1.jpg,Mug,SOURCE_NOT_FOUND,the photo is gone (404)\r\n',
      );
    });
    expect((await api.call('GET', `/batches/${body.id}/failed`, undefined, { key: BETA })).status).toBe(404);
  });

  test('does not change what is being worked on', async () => {
    const submitted = await api.call(
      'POST',
      '/batches',
      { skus: [{ sku: 'hold', images: [{ url: 'https://a.example/1.jpg' }] }] },
      { key: ACME },
    );
    const path = `/batches/${submitted.body.id}/skus/hold`;
    const change = { images: [{ url: 'https://a.example/2.jpg' }] };
    expect(await api.call('PATCH', path, change, { key: ACME })).toMatchObject({
      status: 409,
      body: { code: 'SKU_BUSY' },
    });
    await api.call('POST', `/batches/${submitted.body.id}/cancel`, undefined, { key: ACME });
    expect(await api.call('PATCH', path, change, { key: ACME })).toMatchObject({
      status: 409,
      body: { code: 'SKU_CANCELLED' },
    });
  });
});
