import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchView, SampleView } from '@image-studio/contract';
import { type Deployment, deploy } from '@image-studio/testkit/deployment';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { startSupplier } from '@image-studio/testkit/supplier-stand-in';
import type { Figures } from './draw-bars.ts';
import { type Provider, type ProviderStats, startProvider } from './quota-provider.ts';
import { tell } from './tell.ts';

/** Small pictures: this is about which calls are made. */
const PICTURE_PX = 128;
const POLL_MS = 100;
/** More than is ever needed: the calls wait for nothing. */
const CALLS_PER_MINUTE = 3000;
const LATENCY_MS = 100;
const OTHER = 'other';

const KILLED = 'killed at every step';
const CASES = ['undisturbed', KILLED];

/**
 * A batch, by default of 1,000 SKUs, of which two models make a sample of 20; a person chooses, and the winner makes the rest. Once as it
 * is, and once while a worker and the API are killed (-9) at every step: while the sample is made, while the batch waits, after a
 * choice, while it is changed, and while the rest is made. A third argument (`undisturbed`, `killed`) picks one. Prints the calls of each step, what was paid twice and how long it took.
 */
export async function benchSample(args: string[]): Promise<void> {
  const [skus = 1000, sample = 20] = args.map(Number);
  const figures: Figures = {};
  for (const how of args[2] === undefined ? CASES : CASES.filter((one) => one.startsWith(args[2] ?? ''))) {
    const measured = await run(skus, sample, how === KILLED);
    console.log(JSON.stringify({ how, ...measured }));
    for (const [figure, value] of Object.entries(measured))
      figures[figure] = { ...figures[figure], [how]: value };
  }
  await tell('sample', figures);
}

async function run(count: number, sample: number, kills: boolean) {
  const model = { latencyMs: LATENCY_MS, side: PICTURE_PX };
  const providers = await Promise.all([startProvider(model), startProvider({ ...model, seed: 2 })]);
  const [first, other] = providers;
  const supplier = await startSupplier();
  const studio = await deploy({
    workers: 2,
    env: {
      GEMINI_API_KEY: first.apiKey,
      GEMINI_BASE_URL: first.baseUrl,
      OTHER_KEY: other.apiKey,
      STUDIO_MODELS: JSON.stringify({
        [OTHER]: {
          provider: 'gemini',
          model: 'gemini-3-pro-image',
          baseUrl: other.baseUrl,
          keyVariable: 'OTHER_KEY',
          callsPerMinute: CALLS_PER_MINUTE,
        },
      }),
      AI_CALLS_PER_MINUTE: String(CALLS_PER_MINUTE),
      JOB_LOCK_MS: '3000',
      LOG_LEVEL: 'warn',
    },
  });
  const strike = kills
    ? createStriker(studio)
    : { worker: async () => {}, api: async () => {}, count: () => 0 };
  const now = async () => Promise.all(providers.map(statsOf));
  try {
    const size = { width: PICTURE_PX, height: PICTURE_PX };
    const skus = [];
    for (let n = 0; n < count; n += 1) {
      const photo = await productPhoto({ seed: n, colour: distinctColour(n), ...size });
      skus.push({ sku: `S${n}`, images: [{ url: supplier.serve(`/${n}.jpg`, photo) }] });
    }
    const order = {
      ...{ skus, sample, compare: ['default', OTHER], sharedPhotos: 'allow' },
      output: { ...size, format: 'jpeg' },
    };
    const started = performance.now();
    const { id } = (await (await studio.post('/api/v1/batches', order)).json()) as { id: string };
    const path = `/api/v1/batches/${id}`;

    await until(async () => (await now()).some(({ pictures }) => pictures > sample / 3));
    await strike.worker();
    await strike.api();
    await until(async () => sum(await now(), 'pictures') > (4 * sample) / 3);
    await strike.worker();
    await waits(studio, path);
    const compared = performance.now();
    const sampled = await now();

    await strike.worker();
    await strike.api();
    const view = (await (await studio.get(`${path}/sample`)).json()) as SampleView;
    for (const { sku } of view.comparison?.skus ?? [])
      await put(studio, `${path}/sample/choices/${sku}`, { choice: 1 });
    await strike.api();
    const verdict = (await (await studio.get(`${path}/sample`)).json()) as SampleView;
    const chosen = verdict.comparison?.skus.filter(({ choice }) => choice !== null).length ?? 0;

    const went = performance.now();
    const change = patch(studio, `${path}/sample`, { model: 'default', apply: 'all' });
    // An answer that never came is asked for again.
    await strike.api();
    const answer = await change;
    if (answer !== 200) {
      const again = await patch(studio, `${path}/sample`, { model: 'default', apply: 'all' });
      if (again !== 200 && again !== 409) throw new Error(`PATCH answered ${again}`);
    }
    for (const share of [0.1, 0.4, 0.7]) {
      await until(async () => (await statsOf(first)).pictures > sample + share * (count - sample));
      await strike.worker();
      if (share > 0.1) await strike.api();
    }
    const batch = await until(async () => {
      const view = await batchOf(studio, path);
      return view.finishedAt !== null && view;
    });
    const ended = performance.now();
    const all = await now();
    const { listed, unlike } = await modelsOf(studio, path, count);
    return {
      'SKUs · completed': `${count} · ${batch.counts.completed + batch.counts.needsReview}`,
      'choices kept': chosen,
      'calls of the sample, by model': sampled.map(({ accepted }) => accepted).join(' + '),
      'calls of the rest': sum(all, 'accepted') - sum(sampled, 'accepted'),
      'of the loser': (all[1]?.accepted ?? 0) - (sampled[1]?.accepted ?? 0),
      'paid twice': sum(all, 'duplicates'),
      'booked as lost with a killed worker': batch.calls.failed,
      'booked · billed (calls)': `${batch.calls.made} · ${sum(all, 'accepted')}`,
      'listed pictures · not of the winner': `${listed} · ${unlike}`,
      'processes killed': strike.count(),
      'seconds: sample · rest': `${seconds(compared - started)} · ${seconds(ended - went)}`,
    };
  } finally {
    await studio.close();
    await Promise.all([first.close(), other.close(), supplier.close()]);
  }
}

/** Kills (-9) a worker that lives, and the API; another one takes the place of each. */
function createStriker(studio: Deployment) {
  let api = studio.api;
  let count = 0;
  return {
    async worker(): Promise<void> {
      const victim = studio.workers.find(({ child }) => child.exitCode === null && child.signalCode === null);
      await victim?.stop('SIGKILL');
      studio.startWorker();
      count += 1;
    },
    async api(): Promise<void> {
      await api.stop('SIGKILL');
      api = await studio.startApi();
      count += 1;
    },
    count: () => count,
  };
}

const statsOf = (provider: Provider) => provider.stats();

function sum(all: readonly ProviderStats[], field: 'accepted' | 'pictures' | 'duplicates'): number {
  return all.reduce((total, stats) => total + stats[field], 0);
}

const batchOf = async (studio: Deployment, path: string) =>
  (await (await studio.get(path)).json()) as BatchView;

async function waits(studio: Deployment, path: string): Promise<void> {
  await until(async () => (await batchOf(studio, path)).pausedFor === 'sample');
}

/** How many pictures are listed, and how many of them another model than the winner has made. */
async function modelsOf(studio: Deployment, path: string, count: number) {
  let listed = 0;
  let unlike = 0;
  for (let cursor = 0; cursor < count; cursor += 200) {
    const answer = await studio.get(`${path}/skus?limit=200&cursor=${cursor}`);
    const { items } = (await answer.json()) as { items: { images: { model: string }[] }[] };
    for (const { images } of items) {
      listed += images.length;
      unlike += images.filter(({ model }) => model.includes('pro')).length;
    }
  }
  return { listed, unlike };
}

async function put(studio: Deployment, path: string, body: object): Promise<void> {
  const answer = await send(studio, 'PUT', path, body);
  if (answer !== 200) throw new Error(`PUT ${path} answered ${answer}`);
}

const patch = (studio: Deployment, path: string, body: object) => send(studio, 'PATCH', path, body);

/** The status; 0 when the connection broke off. */
async function send(studio: Deployment, method: string, path: string, body: object): Promise<number> {
  const init = { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return fetch(`${studio.url}${path}`, init).then(
    ({ status }) => status,
    () => 0,
  );
}

/** Asks until there is an answer. */
async function until<T>(ask: () => Promise<T | null | false>): Promise<T> {
  for (;;) {
    const found = await ask().catch(() => null);
    if (found) return found;
    await sleep(POLL_MS);
  }
}

const seconds = (ms: number) => (ms / 1000).toFixed(1);
