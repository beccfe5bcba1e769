import { DEFAULT_POOL, PROFILES, Profile, Stage } from '@image-studio/contract';
import { z } from 'zod';
import { DEFAULT_TENANT, type Principal } from '../auth/principal.ts';
import { jsonBody } from '../http/json-body.ts';
import { ProblemError } from '../http/problem-error.ts';
import { type Route, route } from '../http/route.ts';
import type { PartHealth } from '../probe.ts';
import type { RouteContext } from './context.ts';

const Worker = z
  .object({
    id: z.string(),
    /** `null` for keys of other tenants than `default`, like all that tells of the machines and of other tenants. */
    host: z.string().nullable(),
    pid: z.int().nullable(),
    version: z.string(),
    startedAt: z.string(),
    lastSeenAt: z.string(),
    activeSkus: z.int(),
    activeCalls: z.int(),
    /** Jobs in each stage now; calls are in `generate`. */
    stages: z.partialRecord(Stage, z.int()),
    /** Workers of earlier versions do not say. */
    capacity: z
      .object({
        cpus: z.number(),
        aiConcurrency: z.number(),
        /** Of the last pictures; `null` before there were some. */
        cpuMsPerPicture: z.number().nullable(),
      })
      .optional(),
  })
  .meta({ id: 'Worker' });

const Quota = z
  .object({
    model: z.string(),
    callsPerMinute: z.number(),
    utilisation: z.number(),
    callsLastMinute: z.int(),
    callsToday: z.int(),
    callsPerDay: z.int().nullable(),
    costTodayUsd: z.number().nullable(),
    spentLast10MinUsd: z.number().nullable(),
    spendPer10MinUsd: z.number().nullable(),
    latencyMs: z.object({ p50: z.number(), p90: z.number() }).nullable(),
    /** What a picture has cost lately. */
    meanPriceUsd: z.number().nullable(),
    breakerOpen: z.boolean(),
    pausedUntil: z.string().nullable(),
    messages: z.array(
      z.object({
        code: z.string(),
        message: z.string(),
        at: z.string(),
        /** The pool of calls that it is about; absent: the default one, or all. */
        pool: z.string().optional(),
        /** What the message holds beside its words. */
        values: z.record(z.string(), z.string()).optional(),
      }),
    ),
  })
  .meta({ id: 'Quota' });

const Part = z.union([
  z.object({ ok: z.literal(true), ms: z.number() }),
  z.object({ ok: z.literal(false), message: z.string() }),
]);

const Fleet = z
  .object({
    redis: Part,
    store: Part,
    /** Jobs of each queue (`sku`, `ai`, `webhook`, `ai-<pool>`) by BullMQ's states; `null` while Redis is away, and for other tenants than `default`. */
    queues: z.record(z.string(), z.record(z.string(), z.int())).nullable(),
    /** Calls that left in the last twelve spans of five seconds, oldest first; `null` while Redis is away. */
    pace: z.array(z.int()).nullable(),
  })
  .meta({ id: 'Fleet' });

/** The fence in front of the schedule lets one call start every 10 ms. */
const QuotaChange = z
  .strictObject({ callsPerMinute: z.int().min(1).max(6000).nullable() })
  .meta({ id: 'QuotaChange' });

/** Pools have the names that `GET /models` says; default: the one of the default model. */
const PoolQuery = z.strictObject({ pool: z.string().optional() });

const listOf = (schema: z.ZodType) => z.object({ items: z.array(schema) });

/** What an operator has to do is told to the operator's tenant; the others learn that it is waited for. */
const FOR_TENANTS = 'AI calls wait for the operator of this installation.';

const FOR_TENANTS_DOWN = 'not available at the moment';

const ownsFleet = ({ tenant }: Principal): boolean => tenant === DEFAULT_TENANT;

/** What concerns no single batch: `GET /profiles`, `/fleet`, `/workers`, `/quota` and `PUT /quota`. */
export function fleetRoutes({ api, probe, catalogue }: RouteContext): Route[] {
  const known = (pool: string | undefined): string => {
    const name = pool ?? DEFAULT_POOL;
    if (catalogue.models.some((model) => model.pool === name)) return name;
    throw new ProblemError(404, 'NOT_FOUND', 'There is no such pool of calls.');
  };
  const quotaAnswer = { 200: { description: 'The quota and how much of it is used', schema: Quota } };
  const quotaBody = async (principal: Principal, { pool }: z.infer<typeof PoolQuery>) => {
    const [quota, messages] = await Promise.all([api.quota(known(pool)), api.operatorMessages()]);
    if (ownsFleet(principal)) return { ...quota, messages: [...messages, ...api.redisCondition().messages] };
    const told = messages.map((message) => ({ ...message, message: FOR_TENANTS }));
    return { ...quota, costTodayUsd: null, spentLast10MinUsd: null, meanPriceUsd: null, messages: told };
  };
  return [
    route({
      method: 'get',
      path: '/profiles',
      operationId: 'listProfiles',
      tag: 'fleet',
      summary: 'Marketplace profiles: what each one accepts, with sources',
      role: 'viewer',
      answers: { 200: { description: 'All profiles', schema: listOf(Profile) } },
      handle: async () => ({ status: 200, body: { items: PROFILES } }),
    }),
    route({
      method: 'get',
      path: '/fleet',
      operationId: 'getFleet',
      tag: 'fleet',
      summary: 'How Redis and the store are, what the queues hold, and the pace of the last minute',
      role: 'viewer',
      answers: { 200: { description: 'Answered also while Redis or the store is away', schema: Fleet } },
      async handle({ principal }) {
        const { redis, store } = await probe();
        const orNull = <T>(work: Promise<T>): Promise<T | null> => work.catch(() => null);
        const [queues, pace] = redis.ok
          ? await Promise.all([ownsFleet(principal) ? orNull(api.queueCounts()) : null, orNull(api.pace())])
          : [null, null];
        const toTenant = (part: PartHealth): PartHealth =>
          part.ok || ownsFleet(principal) ? part : { ok: false, message: FOR_TENANTS_DOWN };
        return { status: 200, body: { redis: toTenant(redis), store: toTenant(store), queues, pace } };
      },
    }),
    route({
      method: 'get',
      path: '/workers',
      operationId: 'listWorkers',
      tag: 'fleet',
      summary: 'Worker processes that have been heard of lately',
      role: 'viewer',
      answers: { 200: { description: 'All workers', schema: listOf(Worker) } },
      async handle({ principal }) {
        const workers = await api.workers();
        const items = ownsFleet(principal)
          ? workers
          : workers.map((worker, at) => ({ ...worker, id: `worker-${at + 1}`, host: null, pid: null }));
        return { status: 200, body: { items } };
      },
    }),
    route({
      method: 'get',
      path: '/quota',
      operationId: 'getQuota',
      tag: 'fleet',
      summary: 'The AI quota of the fleet (of a pool of calls), and messages that need a human',
      role: 'viewer',
      answers: quotaAnswer,
      query: PoolQuery,
      problems: { 404: 'No such pool' },
      handle: async ({ principal, query }) => ({ status: 200, body: await quotaBody(principal, query) }),
    }),
    route({
      method: 'put',
      path: '/quota',
      operationId: 'setQuota',
      tag: 'fleet',
      summary: "Change the fleet's AI calls per minute (of a pool) without a restart",
      role: 'admin',
      fleet: true,
      query: PoolQuery,
      body: jsonBody(QuotaChange),
      answers: quotaAnswer,
      problems: { 404: 'No such pool' },
      async handle({ body, principal, query }) {
        await api.setQuota(body, known(query.pool));
        return { status: 200, body: await quotaBody(principal, query) };
      },
    }),
  ];
}
