import { eventually } from '@image-studio/testkit';
import { type Deployment, deploy } from '@image-studio/testkit/deployment';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { io, type Socket } from 'socket.io-client';
import { HOSTILE_BODIES, HOSTILE_NUMBERS, HOSTILE_TEXTS } from './hostile-values.ts';
import { createRandom } from './random.ts';

const MESSAGES = Number(process.env.FUZZ_MESSAGES ?? 1500);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const KEYS = {
  admin: 'fuzz-admin-5f2cc0de',
  owner: 'fuzz-owner-91abc0de',
  stranger: 'fuzz-stranger-03c4c0de',
};
/** Below the 600 messages a minute that one connection may send. */
const MESSAGES_EACH = 300;
/** Codes that a refusal may carry. */
const CODES = ['INVALID_REQUEST', 'BATCH_NOT_FOUND', 'TOO_MANY_BATCHES', 'RATE_LIMITED'];

let studio: Deployment;
let batchId: string;
const sockets: Socket[] = [];

beforeAll(async () => {
  studio = await deploy({
    workers: 0,
    key: KEYS.owner,
    env: {
      API_KEYS: `${KEYS.admin},operator@shop:${KEYS.owner},operator@other:${KEYS.stranger}`,
      API_RATE_LIMIT_PER_MINUTE: '0',
      IMAGE_MODEL: 'local',
    },
  });
  const skus = ['A', '__proto__', '商品'].map((sku) => ({
    sku,
    images: [{ url: 'https://a.invalid/a.jpg' }],
  }));
  const answer = await studio.post('/api/v1/batches', { skus });
  batchId = ((await answer.json()) as { id: string }).id;
});

afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await studio?.close();
});

async function connect(token: string): Promise<Socket> {
  const socket = io(studio.url, { auth: { token }, transports: ['websocket'], forceNew: true });
  sockets.push(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return socket;
}

/** One more request of a polling session, which takes packets exactly as they are written here. */
async function post(sid: string, packet: string | Uint8Array): Promise<number> {
  const url = `${studio.url}/socket.io/?EIO=4&transport=polling&sid=${encodeURIComponent(Buffer.from(sid).toString())}`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: packet as string,
  });
  const text = await answer.text();
  expect(text).not.toMatch(/node_modules|\/dist\/|\n\s+at |redis:/);
  return answer.status;
}

async function newSession(): Promise<string> {
  const answer = await fetch(`${studio.url}/socket.io/?EIO=4&transport=polling`);
  return /"sid":"([^"]+)"/.exec(await answer.text())?.[1] ?? '';
}

test(`${MESSAGES} hostile messages and packets: every request is answered, nothing foreign is told, nothing breaks`, async () => {
  console.log(`FUZZ_SEED=${SEED} FUZZ_MESSAGES=${MESSAGES}`);
  const random = createRandom(SEED);
  const told: string[] = [];
  const hostile = (depth = 0): unknown => {
    const pick = random.int(depth > 3 ? 3 : 6);
    if (pick === 0) return random.pick(HOSTILE_NUMBERS);
    if (pick === 1) return random.pick([null, true, undefined]);
    if (pick <= 3) return random.pick([...HOSTILE_TEXTS, batchId]);
    if (pick === 4) return Array.from({ length: random.int(4) }, () => hostile(depth + 1));
    return Object.fromEntries(
      ['batchId', random.pick(HOSTILE_TEXTS)].map((name) => [name, hostile(depth + 1)]),
    );
  };
  const request = () =>
    random.chance(0.5)
      ? hostile()
      : { batchId: random.pick<unknown>([batchId, hostile()]), seq: hostile(), view: hostile() };

  const faults: string[] = [];
  for (let sent = 0; sent < MESSAGES; sent += MESSAGES_EACH) {
    const stranger = await connect(KEYS.stranger);
    stranger.onAny((...news) => void told.push(JSON.stringify(news)));
    const asks = Array.from({ length: MESSAGES_EACH }, async () => {
      const asked = request();
      if (random.chance(0.2)) stranger.emit(random.pick(HOSTILE_TEXTS.filter((text) => text !== '')), asked);
      const name = random.chance(0.9) ? 'batch:subscribe' : 'batch:unsubscribe';
      const ack = await stranger.timeout(20_000).emitWithAck(name, asked);
      const isFine =
        name === 'batch:unsubscribe' ? typeof ack.ok === 'boolean' : CODES.includes(ack.error?.code);
      if (!isFine) faults.push(`${name} ${JSON.stringify(asked)?.slice(0, 300)}: ${JSON.stringify(ack)}`);
    });
    await Promise.all(asks);
    stranger.disconnect();
  }
  expect(faults).toEqual([]);
  expect(told).toEqual([]);

  const packets = [
    ...HOSTILE_BODIES,
    `40${JSON.stringify({ token: KEYS.stranger })}`,
    '40{"token":',
    '40/admin,{}',
    '40/__proto__,{}',
    '42["batch:subscribe"]',
    `420["batch:subscribe",{"batchId":"${batchId}"}]`,
    '451-["x",{"_placeholder":true,"num":9}]',
    '49999999999-["x"]',
    '41',
    '44{"x":1}',
    '2probe',
    '6',
    'b!!!!',
    '\u001e\u001e\u001e',
  ];
  for (let sent = 0; sent < 300; sent += 1) {
    const sid = random.chance(0.9) ? await newSession() : random.pick(HOSTILE_TEXTS);
    expect(await post(sid, random.pick(packets))).toBeLessThan(500);
  }

  const owner = await connect(KEYS.owner);
  const ack = await owner.timeout(5000).emitWithAck('batch:subscribe', { batchId });
  expect(ack).toMatchObject({ ok: true, snapshot: { batch: { id: batchId } } });
  expect(studio.api.output()).not.toMatch(/"level":"(error|fatal)"/);
  await eventually(async () => expect((await studio.get('/readyz')).status).toBe(200));
});

test('a connection that never says who it is, is closed', async () => {
  const sid = await newSession();
  // Answered when there is something to tell: that it is over.
  const answer = await fetch(`${studio.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`, {
    signal: AbortSignal.timeout(20_000),
  });
  expect(await answer.text()).toBe('1');
});
