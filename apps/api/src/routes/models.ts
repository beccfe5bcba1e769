import { BatchOptions, DEFAULT_POOL } from '@image-studio/contract';
import { STOPPING_MESSAGES } from '@image-studio/queue';
import { z } from 'zod';
import { DEFAULT_TENANT } from '../auth/principal.ts';
import { type Route, route } from '../http/route.ts';
import type { KnownModel } from '../known-models.ts';
import type { RouteContext } from './context.ts';

const Model = z
  .object({
    alias: z.string(),
    provider: z.string(),
    model: z.string(),
    /** Aliases of one account share it, with its quota, spend, breaker and latencies. */
    pool: z.string(),
    /** What batches get that name no model. */
    isDefault: z.boolean(),
    /** Its place among the models of a batch that names none: 0 is the default one, `null` is not among them. */
    defaultPlace: z.int().nullable(),
    /**
     * `down`: taken for down, calls only probe it. `paused`: an operator is needed, or it is waited for until `pausedUntil`.
     * `unserved`: no worker that runs has it.
     */
    health: z.enum(['up', 'down', 'paused', 'unserved']),
    pausedUntil: z.string().nullable(),
    quota: z.object({
      callsPerMinute: z.number(),
      callsLastMinute: z.int(),
      callsToday: z.int(),
      callsPerDay: z.int().nullable(),
      /** `null` for keys of other tenants than `default`. */
      spentLast10MinUsd: z.number().nullable(),
      spendPer10MinUsd: z.number().nullable(),
      /** Calls on the wire at once, in the whole fleet. */
      concurrency: z.int().nullable(),
    }),
    latencyMs: z.object({ p50: z.number(), p90: z.number() }).nullable(),
    priceUsd: z.object({
      /** Of one picture of 1K from one photo: the upper estimate of quotes. */
      estimate: z.number(),
      /** Mean of the last 200 pictures; `null` before the first, and for keys of other tenants than `default`. */
      seen: z.number().nullable(),
    }),
    abilities: z.object({
      photos: z.int(),
      sizes: z.array(z.string()),
      ratios: z.array(z.string()),
      transparency: z.boolean(),
      /** Batches of calls, for the economy lane. */
      batches: z.boolean(),
    }),
  })
  .meta({ id: 'Model' });

/** `GET /models`: what a batch may name as its `model`, and how each is. */
export function listModels({ api, catalogue, traitsOf }: RouteContext): Route {
  return route({
    method: 'get',
    path: '/models',
    operationId: 'listModels',
    tag: 'fleet',
    summary: 'Image models by alias: health, quota used, latency, price and abilities',
    role: 'viewer',
    answers: { 200: { description: 'The default model first', schema: z.object({ items: z.array(Model) }) } },
    async handle({ principal }) {
      const order = [catalogue.defaultAlias, ...(catalogue.fallbackAliases ?? [])];
      const placeOf = (alias: string) => (order.includes(alias) ? order.indexOf(alias) : null);
      const isOwner = principal.tenant === DEFAULT_TENANT;
      const [workers, messages] = await Promise.all([api.workers(), api.operatorMessages()]);
      const describe = async (known: KnownModel): Promise<z.infer<typeof Model>> => {
        const { alias, pool, traits, concurrency = null } = known;
        const { model, breakerOpen, pausedUntil, latencyMs, meanPriceUsd, ...quota } = await api.quota(pool);
        const isServed = workers.some(({ pools = [DEFAULT_POOL] }) => pools.includes(pool));
        const isPaused =
          pausedUntil !== null ||
          messages.some(
            ({ code, pool: about = DEFAULT_POOL }) => about === pool && STOPPING_MESSAGES.has(code),
          );
        const { maxInputImages, imageSizes, aspectRatios, takesAlpha } = traits.capabilities(model);
        return {
          alias,
          provider: traits.engine,
          model,
          pool,
          isDefault: catalogue.defaultAlias === alias,
          defaultPlace: placeOf(alias),
          health: !isServed ? 'unserved' : breakerOpen ? 'down' : isPaused ? 'paused' : 'up',
          pausedUntil,
          quota: {
            callsPerMinute: quota.callsPerMinute,
            callsLastMinute: quota.callsLastMinute,
            callsToday: quota.callsToday,
            callsPerDay: quota.callsPerDay,
            spentLast10MinUsd: isOwner ? quota.spentLast10MinUsd : null,
            spendPer10MinUsd: quota.spendPer10MinUsd,
            concurrency,
          },
          latencyMs,
          priceUsd: {
            estimate: traits.estimateUsd({ model, imageSize: '1K', inputs: { length: 1 } }),
            seen: isOwner ? meanPriceUsd : null,
          },
          abilities: {
            photos: maxInputImages,
            sizes: [...imageSizes],
            ratios: [...aspectRatios],
            transparency: takesAlpha,
            batches: traitsOf(BatchOptions.parse({ model: alias })).batchPriceFactor !== undefined,
          },
        };
      };
      return { status: 200, body: { items: await Promise.all(catalogue.models.map(describe)) } };
    },
  });
}
