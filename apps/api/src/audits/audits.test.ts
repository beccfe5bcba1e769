import { findProfile, judgePicture, type PictureMeasures } from '@image-studio/contract';
import { createStudioWorker, type StudioWorker } from '@image-studio/queue';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';

const KEYS = {
  viewer: 'viewer-key-1234567890',
  operator: 'operator-key-1234567890',
  other: 'other-key-1234567890',
};
const operator = { key: KEYS.operator };

let redis: TestRedis;
let api: TestApi;
let worker: StudioWorker;

beforeAll(async () => {
  redis = await startTestRedis();
  api = await startTestApi({
    REDIS_URL: redis.url,
    IMAGE_MODEL: 'gemini',
    STUDIO_MODELS: JSON.stringify({
      other: { provider: 'openrouter', model: 'author/name', price: 'answer' },
    }),
    API_KEYS: `viewer@${KEYS.viewer},operator@${KEYS.operator},operator@elsewhere:${KEYS.other}`,
  });
  worker = await startMeasuring();
});
afterAll(async () => {
  await worker.close(2000);
  await api.close();
  await redis.stop();
});

/** Stands in for the worker app: what a picture is stands in its address. */
async function startMeasuring(): Promise<StudioWorker> {
  const quiet = { info() {}, warn() {} };
  const made = createStudioWorker({
    ...{ redisUrl: redis.url, prefix: api.config.queuePrefix, version: 'test', log: quiet },
    ...{ quota: { callsPerMinute: 600 }, callTimeoutMs: 10_000, skuConcurrency: 1, aiConcurrency: 1 },
    jobLockMs: 3000,
  });
  await made.start({
    sku: async () => ({ next: 'drop' }),
    call: async () => ({ next: 'drop' }),
    chores: {
      remark: async () => ({ next: 'done' }),
      async audit({ id, from, to }) {
        const terms = await made.audits.auditTerms(id);
        for (const { index, url, isMain } of await made.audits.picturesToMeasure(id, from, to)) {
          const measures = measuresOf(url);
          const faults = (terms?.profiles ?? []).flatMap((name) => {
            const profile = findProfile(name);
            return profile ? judgePicture(measures, profile, isMain) : [];
          });
          await made.audits.recordPicture(
            id,
            index,
            { measures, faults, hasThumb: true },
            terms?.profiles ?? [],
          );
        }
        return { next: 'done' };
      },
    },
  });
  return made;
}

function measuresOf(url: string): PictureMeasures {
  if (url.includes('gone')) return { link: 'SOURCE_NOT_FOUND: photo is not there' };
  const side = Number(/(\d+)px/.exec(url)?.[1] ?? 1600);
  const file = { format: 'jpeg', bytes: 90_000, width: side, height: side, frames: 1, colourSpace: 'srgb' };
  return { ...file, white: 1, fill: 0.86, placeholder: url.includes('nopic') };
}

const TABLE = [
  'Artikel;Bezeichnung;Bild 1;Bild 2',
  'A-1;Mug;https://shop.example/a-1600px.jpg;https://shop.example/a2-300px.jpg',
  'A-2;Cup;https://shop.example/b-300px.jpg;',
  'A-3;Jar;https://shop.example/gone.jpg;',
  'A-4;Pot;https://shop.example/d-80px.jpg;https://shop.example/d2-1600px.jpg',
  'A-5;Pan;https://shop.example/nopic-1600px.jpg;',
].join('\r\n');

async function audited(): Promise<string> {
  const { status, body } = await api.call('POST', '/audits?profile=google-merchant&name=Herbst', TABLE, {
    ...operator,
    headers: { 'content-type': 'text/csv' },
  });
  expect([status, body.code ?? null]).toEqual([202, null]);
  await eventually(async () => {
    const found = await api.call('GET', `/audits/${body.id}`, undefined, operator);
    expect(found.body.status).toBe('completed');
  });
  return body.id;
}

test('a table is held against a profile: today, and on the day of a rule to come, with examples and its own rows back', async () => {
  const id = await audited();
  const { body } = await api.call('GET', `/audits/${id}`, undefined, { key: KEYS.viewer });
  expect(body).toMatchObject({
    ...{ name: 'Herbst', skus: 5, pictures: { total: 7, measured: 7 } },
    failing: [{ profile: 'google-merchant', today: 3, later: [{ date: '2027-01-31', count: 2 }] }],
  });
  const size = body.findings.filter(({ rule }: { rule: string }) => rule === 'shorterSide');
  expect(size).toContainEqual(
    expect.objectContaining({ from: '2027-01-31', least: 500, level: 'refused', count: 3 }),
  );
  expect(size).toContainEqual(
    expect.objectContaining({ from: null, until: '2027-01-31', least: 100, count: 1 }),
  );
  const example = size.find(({ least }: { least: number }) => least === 100).examples[0];
  expect(example).toMatchObject({ sku: 'A-4', url: 'https://shop.example/d-80px.jpg' });
  expect(example.thumbUrl).toContain('/files/thumbs/');

  const pictures = await api.call(
    'GET',
    `/audits/${id}/pictures?profile=google-merchant&rule=link&limit=1`,
    undefined,
    operator,
  );
  expect(pictures.body).toMatchObject({
    items: [{ skus: ['A-3'], isMain: true, faults: [{ rule: 'link', from: null }] }],
    nextCursor: null,
  });

  const table = await api.call('GET', `/audits/${id}/export?format=csv`, undefined, operator);
  const lines = String(table.body).split(/\r?\n/);
  expect(lines[0]).toContain('Artikel');
  expect(lines[0]).toMatch(/picture_check.picture_faults$/);
  expect(lines[1]).toContain('fails from 2027-01-31');
  expect(lines[1]).toContain(
    'picture 2 google-merchant: shorter side of 300 px, at least 500 (from 2027-01-31)',
  );
  expect(lines[3]).toContain('cannot be fetched');
  const chinese = await api.call(
    'GET',
    `/audits/${id}/export?format=csv&language=zh&rows=failing`,
    undefined,
    operator,
  );
  expect(String(chinese.body)).toContain('短边 80 像素，至少 100');
});

test('a batch is made of just the failures, with the photos that can be used, and exports the table of the audit', async () => {
  const id = await audited();
  const dry = await api.call('POST', `/audits/${id}/batch`, { dryRun: true }, operator);
  expect(dry).toMatchObject({
    status: 200,
    body: { id: null, skus: 3, leftOut: { count: 2, skus: ['A-3', 'A-5'] } },
  });
  const now = await api.call('POST', `/audits/${id}/batch`, { until: '2026-12-31' }, operator);
  expect(now).toMatchObject({ status: 202, body: { skus: 1, counts: { total: 1 } } });
  const made = await api.call('GET', `/batches/${now.body.id}`, undefined, operator);
  expect(made.body).toMatchObject({ name: 'Herbst', made: { profile: 'google-merchant' } });
  const sku = await api.call('GET', `/batches/${now.body.id}/skus/A-4`, undefined, operator);
  expect(sku.body.sources.map(({ url }: { url: string }) => url)).toEqual([
    'https://shop.example/d-80px.jpg',
    'https://shop.example/d2-1600px.jpg',
  ]);
  const table = await api.call(
    'GET',
    `/batches/${now.body.id}/export?rows=all&format=csv`,
    undefined,
    operator,
  );
  expect(String(table.body)).toContain('Bezeichnung');
  const wrong = await api.call('POST', `/audits/${id}/batch`, { profile: 'amazon' }, operator);
  expect(wrong.status).toBe(422);
});

test('a batch of failures has a sample by which models are compared, like any other', async () => {
  const id = await audited();
  const compared = { sample: 1, compare: ['default', 'other'] };
  const { body, status } = await api.call('POST', `/audits/${id}/batch`, compared, operator);
  expect(status).toBe(202);
  const made = await api.call('GET', `/batches/${body.id}`, undefined, operator);
  expect(made.body).toMatchObject({ sample: { size: 1 }, made: { options: compared } });
  const { body: sample } = await api.call('GET', `/batches/${body.id}/sample`, undefined, operator);
  expect(sample.skus).toHaveLength(1);
  const unknown = await api.call('POST', `/audits/${id}/batch`, { ...compared, sample: 3 }, operator);
  expect(unknown).toMatchObject({ status: 422, body: { errors: [{ path: 'compare' }] } });
});

test("an audit is its tenant's own, is started and deleted by operators, and names what is wrong with a submission", async () => {
  const id = await audited();
  for (const path of [`/audits/${id}`, `/audits/${id}/pictures`, `/audits/${id}/export`]) {
    expect((await api.call('GET', path, undefined, { key: KEYS.other })).status).toBe(404);
  }
  expect((await api.call('DELETE', `/audits/${id}`, undefined, { key: KEYS.other })).status).toBe(404);
  const own = await api.call('GET', '/audits?limit=2', undefined, { key: KEYS.viewer });
  expect(own.body.items[0]).toMatchObject({ id, pictures: { total: 7 } });
  expect((await api.call('GET', '/audits', undefined, { key: KEYS.other })).body.items).toEqual([]);
  const viewer = { key: KEYS.viewer, headers: { 'content-type': 'text/csv' } };
  expect((await api.call('POST', '/audits?profile=amazon', TABLE, viewer)).status).toBe(403);
  expect((await api.call('POST', `/audits/${id}/batch`, {}, { key: KEYS.viewer })).status).toBe(403);
  const unknown = await api.call('POST', '/audits?profile=nowhere', TABLE, {
    ...operator,
    headers: { 'content-type': 'text/csv' },
  });
  expect(unknown).toMatchObject({ status: 422, body: { code: 'UNKNOWN_PROFILE' } });
  const json = await api.call(
    'POST',
    '/audits',
    {
      profiles: ['amazon', 'etsy'],
      skus: [{ sku: 'x', images: [{ url: 'https://shop.example/1600px.jpg' }] }],
    },
    operator,
  );
  expect(json).toMatchObject({ status: 202, body: { profiles: ['amazon', 'etsy'], dialect: 'json' } });
  const empty = await api.call('POST', '/audits', { profiles: ['amazon'] }, operator);
  expect(empty.status).toBe(422);
  expect((await api.call('DELETE', `/audits/${id}`, undefined, operator)).status).toBe(204);
  expect((await api.call('GET', `/audits/${id}`, undefined, operator)).status).toBe(404);
});
