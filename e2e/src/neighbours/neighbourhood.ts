import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BatchView } from '@image-studio/contract';
import { eventually, freePort } from '@image-studio/testkit';
import { deploy, startProcess } from '@image-studio/testkit/deployment';
import { startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { KEYS } from './keys.ts';

/** What somebody outside receives as a webhook. */
export interface Delivery {
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** Two replicas of the API and three workers; acme attacks, beta works. */
export interface Neighbourhood {
  /** Bases of the two replicas. */
  apis: readonly [string, string];
  call(api: string, key: string, method: string, path: string, body?: unknown): Promise<Response>;
  /** An address that answers nothing, ever. */
  hanging: string;
  /** An address that takes webhooks, and those it has taken. */
  receiver: string;
  received: Delivery[];
  log(): string;
  /** Processes of the two replicas. */
  apiPids: readonly number[];
  /** One round of beta's everyday work. */
  betaWorks(): Promise<Round>;
  close(): Promise<void>;
}

export interface Round {
  /** From the submission to the arrival of the webhook that says the batch is finished, milliseconds. */
  ms: number;
  /** What the API says. */
  costUsd: number;
  calls: number;
  /** Calls that the model's stand-in has counted meanwhile. */
  callsOnTheWire: number;
  /** What each look at the list of batches took, milliseconds. */
  reads: number[];
}

/** So many calls that all run at once: the time of a round is that of the model, not of this machine's cores. */
const SKUS = 6;
const LATENCY_MS = 1500;
const OUTPUT = { width: 400, height: 400, format: 'jpeg' };

export async function openNeighbourhood(): Promise<Neighbourhood> {
  const [gemini, supplier] = await Promise.all([
    startGeminiStandIn({ latencyMs: LATENCY_MS }),
    startSupplier(),
  ]);
  const received: Delivery[] = [];
  const hangs = await serve(() => {});
  const takes = await serve(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    received.push({ path: request.url ?? '', headers: request.headers as Record<string, string>, body });
    response.writeHead(204).end();
  });
  const env = {
    API_KEYS: `${KEYS.fleet},acme:${KEYS.acme},viewer@acme:${KEYS.acmeViewer},beta:${KEYS.beta}`,
    WEBHOOK_ROOT_SECRET: 'root-secret-of-neighbours',
    GEMINI_API_KEY: gemini.apiKey,
    GEMINI_BASE_URL: gemini.baseUrl,
    AI_CALLS_PER_MINUTE: '3000',
    AI_CONCURRENCY: '8',
  };
  const studio = await deploy({ workers: 3, key: KEYS.fleet, env });
  const port = await freePort();
  const second = startProcess(fileURLToPath(new URL('../../../apps/api/dist/main.js', import.meta.url)), {
    PATH: process.env.PATH ?? '',
    REDIS_URL: studio.redisUrl,
    STUDIO_DATA_DIR: studio.dataDir,
    PORT: String(port),
    ALLOW_PRIVATE_SOURCES: 'true',
    ...env,
  });
  const apis = [studio.url, `http://127.0.0.1:${port}`] as const;
  await eventually(
    async () => {
      if (!(await fetch(`${apis[1]}/readyz`)).ok) throw new Error('the second API is not ready');
    },
    { timeoutMs: 60_000 },
  );

  const call: Neighbourhood['call'] = (api, key, method, path, body) =>
    fetch(`${api}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });

  let photos = 0;
  const skus = (count: number) =>
    Promise.all(
      Array.from({ length: count }, async () => {
        const n = photos++;
        const photo = await productPhoto({ seed: n, colour: distinctColour(n), width: 400, height: 400 });
        return { sku: `S${n}`, images: [{ url: supplier.serve(`/${n}.jpg`, photo) }] };
      }),
    );

  // Somebody else's, that is there all the time and that beta must never see.
  const acmes = await call(studio.url, KEYS.acme, 'POST', '/batches', {
    name: "acme's own",
    skus: [{ sku: 'ACME-1', images: [{ url: `${hangs.url}/acme.jpg` }] }],
  });
  const acmesId = ((await acmes.json()) as { id: string }).id;
  await call(studio.url, KEYS.acme, 'POST', `/batches/${acmesId}/pause`);

  let rounds = 0;
  const betasIds = new Set<string>();

  /** What a person would look at: every list is answered 200 at once, and holds beta's batches and no others. */
  async function readList(api: string): Promise<number> {
    const startedAt = performance.now();
    const answer = await call(api, KEYS.beta, 'GET', '/batches?limit=20');
    const text = await answer.text();
    const ms = performance.now() - startedAt;
    if (answer.status !== 200) throw new Error(`beta's list is answered ${answer.status}: ${text}`);
    const { items } = JSON.parse(text) as { items: BatchView[] };
    const foreign = items.filter(({ id }) => !betasIds.has(id));
    if (foreign.length > 0) throw new Error(`beta sees ${JSON.stringify(foreign)}`);
    return ms;
  }

  async function betaWorks(): Promise<Round> {
    const [api, other] = rounds++ % 2 === 0 ? apis : ([apis[1], apis[0]] as const);
    // The same latencies in each round.
    gemini.configure({ seed: 1 });
    const callsBefore = gemini.stats().accepted;
    const submission = { skus: await skus(SKUS), output: OUTPUT, webhookUrl: `${takes.url}/beta-${rounds}` };
    const startedAt = performance.now();
    const answer = await call(api, KEYS.beta, 'POST', '/batches', submission);
    if (answer.status !== 202) throw new Error(`beta is answered ${answer.status}: ${await answer.text()}`);
    const { id } = (await answer.json()) as { id: string };
    betasIds.add(id);
    const reads: number[] = [];
    const deadline = startedAt + 120_000;
    const isTold = () => received.some(({ path, body }) => path === `/beta-${rounds}` && body.includes(id));
    for (let n = 0; !isTold(); n += 1) {
      if (performance.now() > deadline) throw new Error('beta was not told within two minutes');
      reads.push(await readList(n % 2 === 0 ? other : api));
      await pause(50);
    }
    const ms = performance.now() - startedAt;
    const batch = (await (await call(api, KEYS.beta, 'GET', `/batches/${id}`)).json()) as BatchView;
    if (batch.counts.completed + batch.counts.needsReview !== SKUS)
      throw new Error(`beta's batch ended as ${JSON.stringify(batch.counts)}`);
    const foreign = await call(other, KEYS.beta, 'GET', `/batches/${acmesId}`);
    if (foreign.status !== 404) throw new Error(`acme's batch is answered ${foreign.status} to beta`);
    const callsOnTheWire = gemini.stats().accepted - callsBefore;
    return { ms, costUsd: batch.costUsd, calls: batch.calls.made, callsOnTheWire, reads };
  }

  return {
    apis,
    call,
    hanging: hangs.url,
    receiver: takes.url,
    received,
    apiPids: [studio.api.child.pid ?? 0, second.child.pid ?? 0],
    log: () => studio.api.output() + second.output(),
    betaWorks,
    async close() {
      await second.stop('SIGKILL');
      await studio.close();
      await Promise.all([gemini.close(), supplier.close(), hangs.close(), takes.close()]);
    },
  };
}

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
