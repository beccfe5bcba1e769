import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchView } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { addsUp, openWorld, type World } from '../world.ts';
import { createDeck } from './deck.ts';
import { DISASTERS, type DisasterKind, type Scene } from './disasters.ts';
import { createFleet, type Fleet, type Incarnation } from './fleet.ts';
import { judge } from './judge.ts';
import { seededRandom } from './random.ts';

const WORKERS = 3;
const SKUS_PER_BATCH = 15;
const OPEN_BATCHES = 3;
/** An answer this fresh may not have reached the store when its process died: decoding and a PUT on a busy machine. */
const FRESH_MS = 2000;
const DRAIN_MS = 240_000;

/**
 * Runs the product for so many minutes while processes are killed and frozen and everything around it fails, lets it
 * finish, and holds the end against what was promised. Resolves with whether everything was kept.
 */
export async function runChaos({ minutes, seed }: { minutes: number; seed: number }): Promise<boolean> {
  const world = await openWorld({
    workers: 0,
    gemini: { latencyMs: 800 },
    env: { AI_CONCURRENCY: '8', LOG_LEVEL: 'warn', SHUTDOWN_TIMEOUT_MS: '20000' },
  });
  const faults: string[] = [];
  try {
    const fleet = createFleet(world);
    for (let n = 0; n < WORKERS; n += 1) fleet.start();
    const watch = watchBatches(world, (sentence) => faults.push(sentence));
    let excused = 0;
    const scene: Scene = {
      world,
      fleet,
      random: seededRandom(seed),
      open: watch.open,
      excuse: (calls) => {
        excused += calls;
      },
      isRedisAway: false,
      storeAway: [],
      fault: (sentence) => faults.push(sentence),
    };
    const { slowestMs, tally } = await stormFor(minutes * 60_000, scene, watch);
    await watch.drained(DRAIN_MS);
    await watch.stop();
    await eventually(() => judgeNothingMoves(world), { timeoutMs: 30_000, intervalMs: 500 });
    const onTheWire = excused + lostWith(fleet, world, scene);
    const verdict = await judge(world, watch.ids, (sentence) => faults.push(sentence));
    if (verdict.paidTwice > onTheWire)
      faults.push(`${verdict.paidTwice} calls were paid twice, ${onTheWire} were on the wire`);
    console.log(
      `chaos seed ${seed}: ${minutes} min, ${[...tally].map(([kind, times]) => `${kind} ${times}`).join(', ')}, ` +
        `SKUs ${verdict.skus}, pictures ${verdict.pictures}, lost ${verdict.lost}, doubled ${verdict.doubled}, ` +
        `paid twice ${verdict.paidTwice} ≤ ${onTheWire} on the wire, slowest recovery ${(slowestMs / 1000).toFixed(1)} s`,
    );
  } catch (error) {
    faults.push(String(error));
    for (const { client, process } of createdLast(world)) console.error(client, process.slice(-2000));
  } finally {
    await world.close();
  }
  for (const sentence of faults) console.error(`violated: ${sentence}`);
  if (faults.length > 0) console.error(`again with: npm run chaos -- --minutes ${minutes} --seed ${seed}`);
  return faults.length === 0;
}

interface Storm {
  /** Of all recoveries. */
  slowestMs: number;
  /** How often each kind of disaster happened: at least once. */
  tally: Map<DisasterKind, number>;
}

/**
 * One disaster after the other, sometimes two at once, while batches keep coming. A round has one of each kind; the
 * first takes about a minute and is always played to its end.
 */
async function stormFor(ms: number, scene: Scene, watch: BatchWatch): Promise<Storm> {
  const { world, random } = scene;
  const endsAt = Date.now() + ms;
  const kinds = Object.keys(DISASTERS) as DisasterKind[];
  const deck = createDeck(kinds, random);
  const running = new Set<Promise<void>>();
  const tally = new Map(kinds.map((kind) => [kind, 0]));
  let slowestMs = 0;
  let used = 0;
  const play = async (kind: DisasterKind): Promise<void> => {
    try {
      if (!(await DISASTERS[kind](scene))) return deck.putBack(kind);
      tally.set(kind, (tally.get(kind) ?? 0) + 1);
    } catch (error) {
      scene.fault(`${kind}: ${String(error)}`);
      tally.set(kind, (tally.get(kind) ?? 0) + 1);
    }
    slowestMs = Math.max(slowestMs, await recovery(world, watch));
  };
  while (Date.now() < endsAt || [...tally.values()].includes(0)) {
    if (watch.open().length < OPEN_BATCHES) {
      const skus = await world.skus(SKUS_PER_BATCH, used);
      used += SKUS_PER_BATCH;
      watch.add(await submitSurely(world, skus, used));
    }
    if (running.size < 2) {
      const work = play(deck.deal());
      running.add(work);
      void work.finally(() => running.delete(work)).catch(() => {});
      if (random.between(0, 1) < 0.7) await work;
    }
    await sleep(random.between(300, 2500));
  }
  await Promise.all(running);
  return { slowestMs, tally };
}

/** Milliseconds until something is done for a SKU again; 0 when nothing is waiting. */
async function recovery(world: World, watch: BatchWatch): Promise<number> {
  const from = Date.now();
  const before = world.requestsForSkus();
  while (world.requestsForSkus() === before && watch.open().some(({ status }) => status !== 'paused')) {
    if (Date.now() - from > 120_000) throw new Error('nothing has been done for a SKU for two minutes');
    await sleep(50);
  }
  return Date.now() - from;
}

/** With its own Idempotency-Key, until it is answered: what an API that died had recorded is found again. */
async function submitSurely(world: World, skus: object[], key: number): Promise<string> {
  const body = { skus, output: { width: 400, height: 400, format: 'jpeg' } };
  return eventually(
    async () => {
      const answer = await world.studio.post('/api/v1/batches', body, { 'idempotency-key': `chaos-${key}` });
      if (answer.status !== 202) throw new Error(`a submission was answered ${answer.status}`);
      return ((await answer.json()) as BatchView).id;
    },
    { timeoutMs: 120_000, intervalMs: 300 },
  );
}

interface BatchWatch {
  ids: string[];
  add(id: string): void;
  open(): BatchView[];
  drained(timeoutMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** Looks at every open batch twice a second: its counts must add up at every look. */
function watchBatches(world: World, fault: (sentence: string) => void): BatchWatch {
  const latest = new Map<string, BatchView | undefined>();
  let isOver = false;
  const isOpen = (batch: BatchView | undefined) => batch?.finishedAt == null;
  const look = async () => {
    while (!isOver) {
      for (const [id, known] of latest) {
        if (!isOpen(known)) continue;
        const answer = await world.studio.get(`/api/v1/batches/${id}`).catch(() => undefined);
        if (answer && answer.status >= 500 && answer.status !== 503)
          fault(`GET of a batch: ${answer.status}`);
        if (!answer?.ok) continue;
        const batch = (await answer.json().catch(() => undefined)) as BatchView | undefined;
        if (!batch) continue;
        if (!addsUp(batch)) fault(`the counts of ${id} do not add up: ${JSON.stringify(batch.counts)}`);
        latest.set(id, batch);
      }
      await sleep(500);
    }
  };
  const looking = look();
  const open = () =>
    [...latest.values()].filter((batch) => batch !== undefined && isOpen(batch)) as BatchView[];
  return {
    ids: [],
    add(id) {
      this.ids.push(id);
      latest.set(id, undefined);
    },
    open,
    drained: (timeoutMs) =>
      eventually(
        () => {
          const left = [...latest].filter(([, batch]) => isOpen(batch));
          if (left.length > 0)
            throw new Error(
              `did not end: ${JSON.stringify(left.map(([id, batch]) => [id, batch?.counts, batch?.status]))}`,
            );
        },
        { timeoutMs, intervalMs: 500 },
      ),
    async stop() {
      isOver = true;
      await looking;
    },
  };
}

/** Removing what a cancel left in the queues goes on behind its answer. */
async function judgeNothingMoves(world: World): Promise<void> {
  const metrics = await (await world.studio.get('/metrics')).text();
  if (
    /queue_jobs\{queue="(sku|ai)",state="(wait|prioritized|active|delayed|waiting-children)"\} [1-9]/.test(
      metrics,
    )
  )
    throw new Error('jobs are left over');
}

/** Calls of killed processes that were never answered, or whose answer they may not have stored any more. */
function lostWith(fleet: Fleet, world: World, { storeAway }: Scene): number {
  const { clients } = world.gemini.stats();
  return fleet.all
    .filter((one): one is Incarnation & { killedAt: number } => one.killedAt !== undefined)
    .reduce((sum, { client, killedAt }) => {
      const { accepted = 0, answeredAt = [] } = clients[client] ?? {};
      const outage = storeAway.find(({ since, until }) => since <= killedAt && killedAt <= until + FRESH_MS);
      const since = Math.min(killedAt, outage?.since ?? killedAt) - FRESH_MS;
      return sum + accepted - answeredAt.filter((at) => at < since).length;
    }, 0);
}

function createdLast(world: World): { client: string; process: string }[] {
  return world.workers().map((worker, at) => ({ client: `worker ${at}`, process: worker.output() }));
}
