import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createFileStore, tableKey } from '@image-studio/storage';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from './testing/start-test-api.ts';
import { startTestWorker, type TestWorker } from './testing/start-test-worker.ts';

const run = promisify(execFile);
const KEY = 'operator-key-of-16-chars';

let redis: TestRedis;
let api: TestApi;
let worker: TestWorker;
let scratch: string;

beforeAll(async () => {
  redis = await startTestRedis();
  api = await startTestApi({ REDIS_URL: redis.url, API_KEYS: KEY });
  worker = await startTestWorker(api.config);
  scratch = await mkdtemp(join(tmpdir(), 'image-studio-exports-'));
  await eventually(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(200));
});

afterAll(async () => {
  await api?.close();
  await worker?.close();
  await redis?.stop();
  await rm(scratch, { recursive: true, force: true });
});

const call = (method: string, path: string, body?: unknown, headers = {}) =>
  api.call(method, path, body, { key: KEY, headers });

async function batchOf(body: unknown, type = 'text/csv', query = ''): Promise<string> {
  const { status, body: answer } = await call('POST', `/batches${query}`, body, { 'content-type': type });
  expect([status, answer.warnings]).toEqual([202, []]);
  await eventually(async () =>
    expect((await call('GET', `/batches/${answer.id}`)).body.finishedAt).not.toBeNull(),
  );
  return answer.id;
}

async function exportOf(id: string, query: string): Promise<{ bytes: Buffer; headers: Headers }> {
  const answer = await fetch(`${api.url}/api/v1/batches/${id}/export${query}`, {
    headers: { authorization: `Bearer ${KEY}` },
  });
  expect(answer.status).toBe(200);
  return { bytes: Buffer.from(await answer.arrayBuffer()), headers: answer.headers };
}

/** Read by Python's own csv module. */
async function readByPython(
  bytes: Buffer,
  dialect: 'excel' | 'excel-tab' = 'excel',
): Promise<Record<string, string>[]> {
  const file = join(scratch, 'export');
  await writeFile(file, bytes);
  const script = `
import csv, json, sys
print(json.dumps(list(csv.DictReader(open(sys.argv[1], encoding='utf-8', newline=''), dialect=sys.argv[2]))))`;
  return JSON.parse((await run('python3', ['-c', script, file, dialect])).stdout);
}

const SHOPIFY = [
  'Handle,Title,Option1 Value,Variant SKU,Variant Price,Image Src,Image Position,Image Alt Text,Variant Image',
  'tee,Tee,Red,TEE-R,9.90,https://x.example/1.jpg,1,front,https://x.example/2.jpg',
  'tee,,Blue,TEE-B,9.90,https://x.example/2.jpg,2,,https://x.example/3.jpg',
  'tee,,,,,https://x.example/3.jpg,3,,',
  'tee,,,,,https://x.example/4.jpg,4,,',
  'lost,Lost,,bad-1,5,https://x.example/9.jpg,1,,',
  'mug,"Mug, ""best""",,00123,5,https://x.example/5.jpg,1,,',
  '',
].join('\n');

describe('an export', () => {
  test('is the person’s own table with the pictures where its shop looks for them', async () => {
    const id = await batchOf(SHOPIFY);
    const { bytes, headers } = await exportOf(id, '?for=shopify');
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="shopify-${id}.csv"`,
      'studio-skus': '3',
      'studio-left-out': '1',
    });
    const rows = await readByPython(bytes);
    expect(
      rows.map((row) => [row.Handle, row['Variant SKU'], row['Variant Price'], row['Image Position']]),
    ).toEqual([
      ['tee', 'TEE-R', '9.90', '1'],
      ['tee', 'TEE-B', '9.90', '2'],
      ['mug', '00123', '5', '1'],
    ]);
    expect(rows[2]?.Title).toBe('Mug, "best"');
    expect(rows[0]?.['Image Src']).toContain('/files/image-studio/TEE-R/a_1.webp?');
    expect(rows[1]?.['Variant Image']).toContain('/files/image-studio/TEE-B/a_1.webp?');
    expect(rows[2]?.['Variant Image']).toBe('');
    // The links in it are signed, and it says until when they hold.
    const link = new URL(rows[2]?.['Image Src'] ?? '');
    expect(new Date(Number(link.searchParams.get('expires')) * 1000).toISOString()).toBe(
      headers.get('studio-links-expire'),
    );
    const { body } = await call('GET', `/batches/${id}/exports`);
    expect(body.dialect).toBe('shopify');
    expect(body.formats[0]).toMatchObject({ for: 'shopify', label: 'Shopify', format: 'csv', isOwn: true });
    expect(body.links).toMatchObject({
      expiresAt: headers.get('studio-links-expire'),
      isPublic: false,
      message: expect.stringContaining('which no shop can reach'),
    });
  });

  test('for another shop, and of JSON, has that shop’s columns and the person’s own', async () => {
    const skus = [
      {
        sku: 'M-1',
        images: [{ url: 'https://x.example/a.jpg' }],
        attributes: { title: 'Mug', Care: '=1+1' },
      },
    ];
    const ofJson = await batchOf({ skus }, 'application/json');
    for (const [id, sku] of [
      [ofJson, 'M-1'],
      [await batchOf(SHOPIFY), '00123'],
    ] as const) {
      const google = await readByPython((await exportOf(id, '?for=google')).bytes, 'excel-tab');
      expect(google.find((row) => row.id === sku)?.image_link).toContain(
        `/files/image-studio/${sku}/a_1.webp`,
      );
    }
    const [row] = await readByPython((await exportOf(ofJson, '?for=woocommerce')).bytes);
    expect(row).toMatchObject({ SKU: 'M-1', Name: 'Mug', Care: "'=1+1" });
    expect((await call('GET', `/batches/${ofJson}/exports`)).body.dialect).toBeNull();
  });

  test('as a workbook holds text that nothing runs, also read by another program', async () => {
    const skus = [
      { sku: '007', images: [{ url: 'https://x.example/a.jpg' }], attributes: { Care: '=1+1 & <b>' } },
    ];
    const { bytes } = await exportOf(await batchOf({ skus }, 'application/json'), '?format=xlsx');
    const file = join(scratch, 'export.xlsx');
    await writeFile(file, bytes);
    const script = `
import json, sys, zipfile
import xml.etree.ElementTree as tree
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
for name in z.namelist(): tree.fromstring(z.read(name))
sheet = tree.fromstring(z.read('xl/worksheets/sheet1.xml'))
print(json.dumps([[t.text for t in row.iter() if t.tag.endswith('}t')] for row in sheet.iter() if row.tag.endswith('}row')]))`;
    const [headings, cells] = JSON.parse((await run('python3', ['-c', script, file])).stdout);
    expect(headings).toEqual(['sku', 'main_image_url', 'Care']);
    expect(cells).toEqual(['007', expect.stringContaining('/a_1.webp'), '=1+1 & <b>']);
  });

  test('has approved pictures only', async () => {
    const id = await batchOf('sku,image\nA,https://x.example/a.jpg\nB,https://x.example/b.jpg\n');
    await call('POST', `/batches/${id}/skus/A/review`, { image: 'main', decision: 'reject' });
    const { bytes, headers } = await exportOf(id, '');
    expect((await readByPython(bytes)).map(({ sku }) => sku)).toEqual(['B']);
    expect(headers.get('studio-left-out')).toBe('1');
    const all = await readByPython((await exportOf(id, '?rows=all')).bytes);
    expect(all.map(({ sku, image }) => [sku, image === ''])).toEqual([
      ['A', true],
      ['B', false],
    ]);
  });

  test('is refused for a shop that nobody knows, and to other tenants', async () => {
    const id = await batchOf('sku,image\nA,https://x.example/a.jpg\n');
    expect((await call('GET', `/batches/${id}/export?for=nosuch`)).status).toBe(400);
    expect((await call('GET', '/batches/nosuch/export')).status).toBe(404);
    expect((await api.call('GET', `/batches/${id}/export`)).status).toBe(401);
  });
});

test('the table goes with its batch, and a repeated submission keeps one', async () => {
  const store = createFileStore({
    folder: api.config.store.kind === 'file' ? api.config.store.folder : '',
    publicUrl: api.url,
  });
  const send = () =>
    call('POST', '/batches', 'sku,image\nA,https://x.example/a.jpg\n', {
      'content-type': 'text/csv',
      'idempotency-key': 'twice',
    });
  const { body } = await send();
  expect((await send()).body.id).toBe(body.id);
  expect(await store.head(tableKey(body.id))).not.toBeNull();
  expect((await fetch(`${api.url}/files/${tableKey(body.id)}`)).status).toBe(404);
  await eventually(async () => expect((await call('DELETE', `/batches/${body.id}`)).status).toBe(204));
  expect(await store.head(tableKey(body.id))).toBeNull();
});
