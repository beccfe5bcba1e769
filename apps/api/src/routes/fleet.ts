import { PROFILES, Profile } from '@image-studio/contract';
import { z } from 'zod';
import { jsonBody } from '../http/json-body.ts';
import { type Route, route } from '../http/route.ts';
import type { RouteContext } from './context.ts';

const Worker = z
  .object({
    id: z.string(),
    host: z.string(),
    pid: z.int(),
    version: z.string(),
    startedAt: z.string(),
    lastSeenAt: z.string(),
    activeSkus: z.int(),
    activeCalls: z.int(),
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
    costTodayUsd: z.number(),
    spentLast10MinUsd: z.number(),
    spendPer10MinUsd: z.number().nullable(),
    latencyMs: z.object({ p50: z.number(), p90: z.number() }).nullable(),
    breakerOpen: z.boolean(),
    pausedUntil: z.string().nullable(),
    messages: z.array(z.object({ code: z.string(), message: z.string(), at: z.string() })),
  })
  .meta({ id: 'Quota' });

/** The fence in front of the schedule lets one call start every 10 ms. */
const QuotaChange = z
  .strictObject({ callsPerMinute: z.int().min(1).max(6000).nullable() })
  .meta({ id: 'QuotaChange' });

const listOf = (schema: z.ZodType) => z.object({ items: z.array(schema) });

/** What concerns no single batch: `GET /profiles`, `/workers`, `/quota` and `PUT /quota`. */
export function fleetRoutes({ api }: RouteContext): Route[] {
  const quotaAnswer = { 200: { description: 'The quota and how much of it is used', schema: Quota } };
  const quotaBody = async () => {
    const [quota, messages] = await Promise.all([api.quota(), api.operatorMessages()]);
    return { ...quota, messages };
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
      path: '/workers',
      operationId: 'listWorkers',
      tag: 'fleet',
      summary: 'Worker processes that have been heard of lately',
      role: 'viewer',
      answers: { 200: { description: 'All workers', schema: listOf(Worker) } },
      handle: async () => ({ status: 200, body: { items: await api.workers() } }),
    }),
    route({
      method: 'get',
      path: '/quota',
      operationId: 'getQuota',
      tag: 'fleet',
      summary: 'The AI quota of the fleet, and messages that need a human',
      role: 'viewer',
      answers: quotaAnswer,
      handle: async () => ({ status: 200, body: await quotaBody() }),
    }),
    route({
      method: 'put',
      path: '/quota',
      operationId: 'setQuota',
      tag: 'fleet',
      summary: "Change the fleet's AI calls per minute without a restart",
      role: 'admin',
      fleet: true,
      body: jsonBody(QuotaChange),
      answers: quotaAnswer,
      async handle({ body }) {
        await api.setQuota(body);
        return { status: 200, body: await quotaBody() };
      },
    }),
  ];
}
