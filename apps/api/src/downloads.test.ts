import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createFileStore, listingImageKey, type ObjectStore } from '@image-studio/storage';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from './testing/start-test-api.ts';
import { startTestWorker, type TestWorker } from './testing/start-test-worker.ts';

const run = promisify(execFile);

let redis: TestRedis;
let api: TestApi;
let worker: TestWorker;
let store: ObjectStore;
let scratch: string;

beforeAll(async () => {
  redis = await startTestRedis();
  api = await startTestApi({ REDIS_URL: redis.url });
  worker = await startTestWorker(api.config);
  store = createFileStore({
    folder: api.config.store.kind === 'file' ? api.config.store.folder : '',
    publicUrl: api.url,
  });
  scratch = await mkdtemp(join(tmpdir(), 'image-studio-downloads-'));
  await eventually(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(200));
});

afterAll(async () => {
  await api?.close();
  await worker?.close();
  await redis?.stop();
  await rm(scratch, { recursive: true, force: true });
});

const pictureOf = (code: string) => Buffer.from(`picture of ${code}`.repeat(5000));
const keyOf = (code: string) => listingImageKey({ sku: code, stem: 'a', suffix: '1', format: 'webp' });

/** A batch that has ended, with the objects of its pictures, except those of `without`. */
async function batchOf(csv: string, codes: string[], without: string[] = []): Promise<string> {
  for (const code of codes) {
    if (without.includes(code)) await store.delete(keyOf(code));
    else await store.put(keyOf(code), pictureOf(code), { contentType: 'image/webp' });
  }
  const { status, body } = await api.call('POST', '/batches', csv, {
    headers: { 'content-type': 'text/csv' },
  });
  expect([status, body]).toMatchObject([202, { counts: { total: codes.length } }]);
  await eventually(async () =>
    expect((await api.call('GET', `/batches/${body.id}`)).body.finishedAt).not.toBeNull(),
  );
  return body.id;
}

const table = (codes: string[]) =>
  `货号,Image URL,Title,Ship,2024\n${codes.map((code) => `"${code}",https://x.example/a.jpg,=1+1,slow,y`).join('\n')}\n`;

const CODES = ['MUG-01', 'mug-01', 'bad-1', 'A:1', '杯子'];

describe('the manifest over HTTP', () => {
  test('has one line per picture and one per failed SKU, with the columns of the submitted table', async () => {
    const id = await batchOf(table(CODES), CODES);
    const { body, headers } = await api.call('GET', `/batches/${id}/manifest.json`);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(body.items.map(({ sku, state }: Record<string, string>) => [sku, state])).toEqual(
      CODES.map((code) => [code, code === 'bad-1' ? 'failed' : 'completed']),
    );
    expect(body.columns.map(({ heading }: { heading: string }) => heading)).toEqual([
      'Title',
      'Ship',
      '2024',
    ]);
    const [mug] = body.items;
    expect(await (await fetch(mug.url)).text()).toBe(pictureOf('MUG-01').toString());

    const csv = await fetch(`${api.url}/api/v1/batches/${id}/manifest.csv`);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const bytes = Buffer.from(await csv.arrayBuffer());
    expect(bytes.subarray(0, 3).toString('hex')).toBe('efbbbf');
    const lines = bytes.toString('utf8').trimEnd().split('\r\n');
    expect(lines).toHaveLength(1 + CODES.length);
    expect(lines[0]).toMatch(/,Title,Ship,2024$/);
    expect(lines[3]).toContain('SOURCE_NOT_FOUND');
    for (const line of lines.slice(1)) expect(line).toMatch(/,'=1\+1,slow,y$/);
  });

  test('takes the filters of the list of SKUs', async () => {
    const id = await batchOf(table(CODES), CODES);
    const { body } = await api.call('GET', `/batches/${id}/manifest.json?state=failed`);
    expect(body.items).toMatchObject([{ sku: 'bad-1', failure: { code: 'SOURCE_NOT_FOUND' } }]);
    expect((await api.call('GET', `/batches/${id}/manifest.csv?state=odd`)).status).toBe(400);
    expect((await api.call('GET', '/batches/nosuch/manifest.csv')).status).toBe(404);
  });
});

describe('images.zip', () => {
  /** Checks the file with another program's reader, and returns its names with their sizes. */
  async function listed(zip: Buffer): Promise<Record<string, number>> {
    const file = join(scratch, 'images.zip');
    await writeFile(file, zip);
    const script = `
import json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
print(json.dumps({i.filename: i.file_size for i in z.infolist()}))`;
    return JSON.parse((await run('python3', ['-c', script, file])).stdout);
  }

  async function download(id: string, query = ''): Promise<Buffer> {
    const answer = await fetch(`${api.url}/api/v1/batches/${id}/images.zip${query}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/zip']);
    return Buffer.from(await answer.arrayBuffer());
  }

  test('has a folder per SKU, never two that differ in case only, and the manifest', async () => {
    const id = await batchOf(table(CODES), CODES);
    const names = await listed(await download(id));
    expect(Object.keys(names)).toEqual([
      'manifest.csv',
      'MUG-01/a_1.webp',
      'mug-01~2/a_1.webp',
      expect.stringMatching(/^A-1~\w+\/a_1\.webp$/),
      '杯子/a_1.webp',
    ]);
    expect(names['杯子/a_1.webp']).toBe(pictureOf('杯子').length);
    expect(Object.keys(await listed(await download(id, '?q=mug-01&state=completed')))).toHaveLength(3);
  });

  test('names what is missing in errors.txt and holds all the rest', async () => {
    const id = await batchOf(table(CODES), CODES, ['A:1']);
    const names = await listed(await download(id));
    expect(Object.keys(names)).toHaveLength(5);
    expect(Object.keys(names).at(-1)).toBe('errors.txt');
  });

  test('is a 503 that says when to come back while the store is away', async () => {
    const id = await batchOf(table(CODES), CODES);
    const folder = api.config.store.kind === 'file' ? api.config.store.folder : '';
    await rename(folder, `${folder}-away`);
    await mkdir(folder);
    try {
      const answer = await api.call('GET', `/batches/${id}/images.zip`);
      expect([answer.status, answer.body.code]).toEqual([503, 'STORE_UNAVAILABLE']);
      expect(answer.headers.get('retry-after')).toBe('2');
      expect(answer.headers.get('content-type')).toMatch(/problem\+json/);
    } finally {
      await rm(folder, { recursive: true });
      await rename(`${folder}-away`, folder);
    }
  });
});

test('clients that do not read leave room for others: one too many is told to come back', async () => {
  const id = await batchOf(table(['BIG']), ['BIG']);
  // More than the sockets on the way hold.
  await store.put(keyOf('BIG'), Buffer.alloc(12_000_000, 'x'), { contentType: 'image/webp' });
  const url = `${api.url}/api/v1/batches/${id}/images.zip`;
  const idle: IncomingMessage[] = [];
  try {
    // One by one: sixteen at once are more than Redis and the store answer in time on a busy machine.
    for (let n = 0; n < 16; n += 1)
      idle.push(
        await new Promise<IncomingMessage>((resolve, reject) => get(url, resolve).on('error', reject)),
      );
    expect(idle.map(({ statusCode }) => statusCode)).toEqual(Array(16).fill(200));
    const refused = await fetch(url);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await refused.json()).toMatchObject({ code: 'BUSY' });
    expect((await fetch(`${api.url}/api/v1/batches/${id}`)).status).toBe(200);
    idle.pop()?.destroy();
    await eventually(async () => {
      const answer = await fetch(url);
      await answer.body?.cancel();
      expect(answer.status).toBe(200);
    });
  } finally {
    for (const answer of idle) answer.destroy();
  }
});
