import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from './testing/start-test-api.ts';

/** Least role of every operation, written down a second time; `fleet`: for keys of the default tenant only. */
const NEEDS = {
  viewer:
    'quoteBatch previewBatch listBatches getBatch summarizeBatch listSkus listCodes getSku findSku whoAmI listWebhooks getWebhookSecretState getManifestJson getManifestCsv getImagesZip listProfiles listModels getFleet listWorkers getQuota getOriginalJobStatus lookUpPhotos getPhoto readProducts exportBatch listExports getFeed getFeedLink exportFailed getRemark listAudits getAudit listAuditPictures exportAudit getSample',
  operator:
    'submitBatch changeBatch pauseBatch resumeBatch cancelBatch retryBatch reviewBatch deleteBatch reviewSku resendWebhook testWebhook submitOriginalJob cancelOriginalJob uploadPhotos deletePhoto changeSku makeFeedLink revokeFeedLink remarkBatch startAudit makeBatchOfFailures deleteAudit changeSample chooseSide',
  admin: 'renewWebhookSecret',
  'viewer fleet': 'openBoard',
  'admin fleet': 'setQuota',
};
const RANK = ['viewer', 'operator', 'admin'];
const keyOf = (role: string, tenant: string) => `key-of-${role}-${tenant}`;

let redis: TestRedis;
let api: TestApi;

beforeAll(async () => {
  redis = await startTestRedis();
  const keys = RANK.flatMap((role) => [
    `${role}@${keyOf(role, 'default')}`,
    `${role}@acme:${keyOf(role, 'acme')}`,
  ]);
  api = await startTestApi({ REDIS_URL: redis.url, API_KEYS: keys.join(',') });
  await eventually(async () => expect((await fetch(`${api.url}/readyz`)).status).toBe(200));
});

afterAll(async () => {
  await api?.close();
  await redis?.stop();
});

async function operations(): Promise<{ id: string; method: string; path: string }[]> {
  const { body } = await api.call('GET', '/openapi.json');
  const paths = Object.entries(body.paths as Record<string, Record<string, { operationId: string }>>);
  return paths.flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      path: path.replace('/api/v1', '').replace(/\{\w+\}/g, 'none'),
    })),
  );
}

test('every operation of the document takes exactly the keys that it should', async () => {
  const needs = new Map(
    Object.entries(NEEDS).flatMap(([need, ids]) => ids.split(' ').map((id) => [id, need] as const)),
  );
  const all = await operations();
  expect(all.map(({ id }) => id).sort()).toEqual([...needs.keys()].sort());
  const wrong: string[] = [];
  for (const { id, method, path } of all) {
    const [least = '', fleet] = (needs.get(id) ?? '').split(' ');
    for (const role of RANK) {
      for (const tenant of ['default', 'acme']) {
        const { status } = await api.call(method, path, undefined, { key: keyOf(role, tenant) });
        const isAllowed =
          RANK.indexOf(role) >= RANK.indexOf(least) && (fleet === undefined || tenant === 'default');
        if ((status !== 403) !== isAllowed) wrong.push(`${id} for ${role} of ${tenant}: ${status}`);
        if (status === 401 || status >= 500) wrong.push(`${id}: ${status}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('every operation that more than a viewer may call leaves an audit line, refused or not', async () => {
  const audited = new Set(
    api.logged
      .map((line) => JSON.parse(line) as { audit?: boolean; action?: string; status?: number })
      .filter(({ audit }) => audit === true)
      .map(({ action, status }) => `${action} ${status === 403 ? 'refused' : 'taken'}`),
  );
  const expected = [NEEDS.operator, NEEDS.admin, NEEDS['admin fleet']]
    .flatMap((ids) => ids.split(' '))
    .flatMap((id) => [`${id} refused`, `${id} taken`]);
  expect([...audited].sort()).toEqual(expected.sort());
});
