import { Agent } from 'node:http';
import { eventually } from '@image-studio/testkit';
import { type Deployment, deploy } from '@image-studio/testkit/deployment';
import { productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createJudge } from './judge-answer.ts';
import { type Known, makeRequest, type OpenApiDocument } from './make-request.ts';
import { createRandom } from './random.ts';
import { sendRequest } from './send-request.ts';

const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 3000);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const AT_ONCE = 16;

const KEYS = [
  'fuzz-admin-5f2cc0de',
  'fuzz-operator-91abc0de',
  'fuzz-viewer-77dec0de',
  'fuzz-stranger-03c4c0de',
] as const;
const SECRETS = [...KEYS, 'bm90LWZvci15b3U'];

let studio: Deployment;
let supplier: Supplier;

beforeAll(async () => {
  supplier = await startSupplier();
  studio = await deploy({
    workers: 1,
    key: KEYS[0],
    env: {
      API_KEYS: `${KEYS[0]},operator@${KEYS[1]},viewer@${KEYS[2]},operator@other:${KEYS[3]}`,
      API_RATE_LIMIT_PER_MINUTE: '0',
      WEBHOOK_SECRET: `whsec_${SECRETS[4]}`,
      IMAGE_MODEL: 'local',
      ALLOW_PRIVATE_SOURCES: 'false',
      SOURCE_ALLOW_ORIGINS: supplier.origin,
      SOURCE_RETRIES: '0',
    },
  });
});

afterAll(async () => {
  await studio?.close();
  await supplier?.close();
});

test(`${REQUESTS} requests made from the OpenAPI document: no 5xx, no leak, every answer as documented`, async () => {
  console.log(`FUZZ_SEED=${SEED} FUZZ_REQUESTS=${REQUESTS}`);
  const document = (await (await studio.get('/api/v1/openapi.json')).json()) as OpenApiDocument;
  const judge = createJudge(document, [...SECRETS, studio.dataDir, studio.redis.url]);
  const random = createRandom(SEED);
  const known: Known = {
    batchIds: [],
    skus: ['A', 'a/b', '...', '__proto__', '商品'],
    // The more a key may do, the more often.
    keys: [...Array(6).fill(KEYS[0]), ...Array(3).fill(KEYS[1]), ...KEYS.slice(2), 'wrong'],
  };
  for (const id of [await submit(known.skus), await submit(known.skus)]) {
    await ended(id);
    known.batchIds.push(id);
  }

  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const statuses = new Map<number, number>();
  const faults: string[] = [];
  let left = REQUESTS;
  const worker = async (): Promise<void> => {
    while (left > 0 && faults.length < 20) {
      left -= 1;
      const asked = makeRequest(document, random, known);
      const answer = await sendRequest(studio.url, asked, agent).catch(async (error: unknown) => {
        // Half a file of a batch that was deleted meanwhile must not look like a whole one: the connection is cut.
        const [, id = ''] = /(bmx[0-9a-z]+)/.exec(asked.path) ?? [];
        if ((await studio.get(`/api/v1/batches/${id}`)).status !== 404) throw error;
        return null;
      });
      if (answer === null) continue;
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const found = judge(asked.operation, answer);
      for (const fault of found) {
        faults.push(
          `${asked.method} ${asked.path.slice(0, 200)} ${asked.body?.toString().slice(0, 300) ?? ''}: ${fault}`,
        );
      }
      // Of what is deleted only 404s would be left to see.
      if (answer.status === 204) known.batchIds.push(await submit(known.skus));
      if (answer.status === 202 && asked.operation.operationId === 'submitBatch') {
        known.batchIds.push(JSON.parse(answer.body.toString()).id);
        if (known.batchIds.length > 20) known.batchIds.shift();
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  agent.destroy();
  console.log(JSON.stringify(Object.fromEntries([...statuses].sort(([a], [b]) => a - b))));

  expect(faults).toEqual([]);
  // Enough got past the door for the rest to mean something.
  expect(statuses.get(200) ?? 0).toBeGreaterThan(REQUESTS / 20);
  expect(statuses.get(202) ?? 0).toBeGreaterThan(0);
  expect(studio.api.output()).not.toMatch(/"level":"(error|fatal)"/);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  await eventually(async () => expect((await studio.get('/readyz')).status).toBe(200));
});

async function submit(skus: readonly string[]): Promise<string> {
  const photo = await productPhoto({ seed: 1, colour: { r: 10, g: 80, b: 160 }, width: 200, height: 200 });
  const url = supplier.serve('/a_main.jpg', photo);
  const body = {
    // Allowed, and answered 404.
    webhookUrl: `${supplier.origin}/hook`,
    skus: skus.map((sku) => ({
      sku,
      images: [{ url }],
      attributes: { constructor: 'y', toString: 'z' },
    })),
  };
  const answer = await studio.post('/api/v1/batches', body);
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { id: string }).id;
}

async function ended(id: string): Promise<void> {
  await eventually(
    async () => {
      const batch = await studio.get(`/api/v1/batches/${id}`);
      expect(((await batch.json()) as { finishedAt: string | null }).finishedAt).not.toBeNull();
    },
    { timeoutMs: 120_000 },
  );
}
