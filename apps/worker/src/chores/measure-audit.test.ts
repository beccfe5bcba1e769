import { cleanListing, faultyListing, PLANTED, type Planted } from '@image-studio/imaging/testing';
import { newAuditId, picturesOf } from '@image-studio/queue';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { supplierFaults as faults } from '@image-studio/testkit/supplier-faults';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openWorkerFixture, type WorkerFixture } from '../testing/worker-fixture.ts';

let redis: TestRedis;
let supplier: Supplier;
let gemini: GeminiStandIn;
let studio: WorkerFixture;

beforeAll(async () => {
  [redis, supplier, gemini] = await Promise.all([startTestRedis(), startSupplier(), startGeminiStandIn()]);
  studio = await openWorkerFixture({ redisUrl: redis.url, gemini });
});
afterAll(async () => {
  await studio.close();
  await gemini.close();
  await supplier.close();
  await redis.stop();
});

async function startAudit(urls: string[], profiles: string[], tenant = 'default'): Promise<string> {
  const skus = urls.map((url, at) => ({ sku: `sku ${at}`, images: [{ url }] }));
  const id = newAuditId();
  await studio.api.createAudit({
    ...{ id, tenant, name: null, profiles, dialect: 'json', skus, columns: [], warnings: [] },
    pictures: picturesOf(skus, () => true),
  });
  return id;
}

const ended = (id: string) =>
  eventually(
    async () => {
      const audit = await studio.api.audit(id, 'default');
      if (audit?.status !== 'completed') throw new Error(`${audit?.status}: ${audit?.measured}`);
      return audit;
    },
    { timeoutMs: 120_000 },
  );

/** Every kind of fault is found under its name, by the profiles that ask for it. */
const CALLED: Record<Planted, string> = {
  ...{ tooSmall: 'amazon longerSide', small: 'google-merchant shorterSide@2027-01-31' },
  ...{ wrongRatio: 'walmart ratio', notWhite: 'amazon background', text: 'amazon text' },
  ...{ watermark: 'amazon text', frame: 'amazon frame', placeholder: 'amazon placeholder' },
  ...{ wrongType: 'amazon image', tooManyBytes: 'amazon bytes', animated: 'amazon still' },
  ...{ cmyk: 'amazon colourSpace!', productTooSmall: 'amazon fill' },
};

test('an audit finds each planted fault and none in clean pictures, over two workers, and makes no call', async () => {
  const planted: [string, string][] = [];
  for (const [number, kind] of PLANTED.entries()) {
    const bytes = await faultyListing(11 * number, kind);
    planted.push([supplier.serve(`/${kind}.jpg`, bytes), CALLED[kind]]);
  }
  planted.push([`${supplier.origin}/gone.jpg`, 'amazon link']);
  planted.push([
    supplier.serve('/media/placeholder/default.jpg', await cleanListing(0)),
    'amazon placeholder',
  ]);
  const clean = await Promise.all(
    Array.from({ length: 6 }, async (_, at) =>
      supplier.serve(`/clean-${at}.jpg`, await cleanListing(11 * at)),
    ),
  );
  await studio.startWorker();
  await studio.startWorker();
  const urls = [...planted.map(([url]) => url), ...clean];
  const id = await startAudit(urls, ['amazon', 'google-merchant', 'walmart']);
  const audit = await ended(id);
  expect(audit).toMatchObject({ pictures: urls.length, measured: urls.length });
  const { items } = await studio.api.auditPictures(id, { limit: 200 });
  const found = new Map(
    items.map(({ url, result }) => [
      url,
      result?.faults.map(({ profile, demand }) => `${profile} ${demand}`) ?? ['nothing was measured'],
    ]),
  );
  for (const [url, name] of planted)
    expect([url, found.get(url)]).toEqual([url, expect.arrayContaining([name])]);
  expect(clean.filter((url) => found.get(url)?.length !== 0)).toEqual([]);
  expect(audit.failing).toContainEqual({ profile: 'google-merchant', when: '2027-01-31', count: 1 });
  const counts = new Map(audit.findings.map(({ profile, demand, count }) => [`${profile} ${demand}`, count]));
  expect(counts.get('amazon text')).toBe(2);
  expect(counts.get('amazon link')).toBe(1);
  expect(gemini.stats().requests).toBe(0);
});

test('a shop that wants peace is left alone, one that falters is asked again, and what is deleted is measured no further', async () => {
  let asked = 0;
  const bytes = await cleanListing(0);
  const busy = supplier.serve('/busy.jpg', (request, response) => {
    asked += 1;
    const handler = asked === 1 ? faults.status(429, { 'retry-after': '1' }) : faults.photo(bytes);
    handler(request, response);
  });
  let tries = 0;
  const shaky = supplier.serve('/shaky.jpg', (request, response) => {
    tries += 1;
    const handler = tries === 1 ? faults.status(502) : faults.photo(bytes);
    handler(request, response);
  });
  const audit = await ended(await startAudit([busy, shaky], ['amazon']));
  expect(audit.findings).toEqual([]);
  expect([asked, tries]).toEqual([2, 2]);
  const id = await startAudit(
    Array.from({ length: 200 }, (_, at) => `${shaky}?${at}`),
    ['amazon'],
  );
  await studio.api.deleteAudit(id);
  expect(await studio.api.audit(id, 'default')).toBeNull();
  await eventually(async () => expect((await studio.api.queueCounts()).chore.active).toBe(0), {
    timeoutMs: 30_000,
  });
  expect(supplier.hits('/shaky.jpg')).toBeLessThan(200);
});
