import { createHash } from 'node:crypto';
import { setImmediate as nextLoop } from 'node:timers/promises';
import { DEFAULT_POOL, imagesPerSku, poolsOf, type SkuInput } from '@image-studio/contract';
import { currentContext, writeCarrier } from '@image-studio/tracing';
import { type AttributeColumn, attributeColumns } from '../batch-store/attribute-columns.ts';
import { newBatchId } from '../batch-store/batch-id.ts';
import type { BatchState } from '../batch-store/batch-state.ts';
import { microUsd } from '../batch-store/micro-usd.ts';
import { readBatch } from '../batch-store/read-batch.ts';
import { writePools } from '../batch-store/write-pools.ts';
import { executeAll } from '../redis/connect.ts';
import type { Database } from '../redis/database.ts';
import type { Keys } from '../redis/keys.ts';
import { redisNow } from '../redis/redis-now.ts';
import { RedisUnavailable } from '../redis/redis-unavailable.ts';
import { IdempotencyConflict, type StreamedSkus, type Submission } from './submission.ts';
import { createBatchScript } from './submit-batch.lua.ts';

/** SKUs written in one round trip; 500 of 2 photos are about 150 KB and 2 ms. */
const CHUNK = 500;
/** Input that nobody adds to and no batch claims is forgotten after this. */
const ORPHAN_MS = 5000;
/**
 * So long the input stays for the last step. Shorter than the 2 s after which the last step is given up
 * (`connectFailFast`): a client that was told 503 must not find its batch later, when a frozen Redis goes on.
 */
const LAST_STEP_MS = 1900;

/** Records the batch whole or not at all. Returns its id, or the id of the batch that the idempotency key made before. */
export async function recordBatch(
  db: Database,
  submission: Submission,
): Promise<{ id: string; created: boolean }> {
  const { redis, keys } = db;
  const { tenant, idempotency } = submission;
  const options = withDeadline(submission.options, await redisNow(redis));
  const { count, chunks } = streamed(submission.skus);
  const idempotencyKey = idempotency && keyOf(keys, tenant, idempotency.key);
  if (idempotency && idempotencyKey !== undefined) {
    const known = await redis.get(idempotencyKey);
    const [digest = '', knownId = ''] = known?.split(' ') ?? [];
    if (knownId !== '' && (await redis.exists(keys.batch(knownId))) === 1) {
      return { id: sameOrConflict([digest, knownId], idempotency.bodySha256), created: false };
    }
  }
  const id = submission.id ?? newBatchId();
  const batch = keys.batch(id);
  const columns = JSON.stringify(columnsOf(submission));
  const plan = submission.plan === undefined ? '' : JSON.stringify(submission.plan);
  let from = 0;
  for await (const skus of chunks) {
    const inputs: string[] = [];
    const names: string[] = [];
    skus.forEach((sku, position) => {
      inputs.push(String(from + position), JSON.stringify(sku));
      names.push(sku.sku, String(from + position));
    });
    from += skus.length;
    const expiry = from >= count ? LAST_STEP_MS : ORPHAN_MS;
    await executeAll(redis, (all) =>
      all
        .hset(`${batch}:input`, ...inputs)
        .hset(`${batch}:names`, ...names)
        .pexpire(`${batch}:input`, expiry)
        .pexpire(`${batch}:names`, expiry)
        .set(`${batch}:columns`, columns, 'PX', expiry)
        .set(`${batch}:plan`, plan, 'PX', expiry),
    );
    await nextLoop();
  }
  // A count that is not true would leave SKUs that nobody can make, or make some that nobody counts.
  if (from !== count) throw new Error(`${from} SKUs came of ${count} that were announced`);
  const context = currentContext();
  const { nextPlans = [] } = submission;
  const answer = (await createBatchScript(
    redis,
    [
      batch,
      keys.batches(),
      keys.batches(tenant),
      keys.enqueueing,
      keys.open,
      ...(idempotencyKey === undefined ? [] : [idempotencyKey]),
    ],
    [
      id,
      tenant,
      options.name ?? '',
      JSON.stringify(options),
      count,
      count * imagesPerSku(options),
      idempotency?.bodySha256 ?? '',
      await redisNow(redis),
      microUsd(options.budgetUsd ?? 0),
      options.concurrency ?? 0,
      context === undefined ? '' : writeCarrier(context),
      writePools([submission.plan, ...nextPlans].flatMap((plan) => (plan ? poolsOf(plan) : [DEFAULT_POOL]))),
      submission.by ?? '',
      (submission.sample ?? []).join(','),
      submission.sample?.length ?? 0,
      deadlineOf(options),
      ...nextPlans.map((one) => JSON.stringify(one)),
    ],
  )) as string[];
  if (answer[0] === 'created') return { id, created: true };
  if (answer[0] === 'late') throw new RedisUnavailable('Redis did not answer in time');
  await redis.del(`${batch}:input`, `${batch}:names`, `${batch}:columns`, `${batch}:plan`);
  return { id: sameOrConflict(answer.slice(1), idempotency?.bodySha256), created: false };
}

function streamed(skus: Submission['skus']): StreamedSkus {
  return Array.isArray(skus) ? { count: skus.length, chunks: inChunks(skus) } : skus;
}

async function* inChunks(skus: SkuInput[]): AsyncGenerator<SkuInput[]> {
  for (let from = 0; from < skus.length; from += CHUNK) yield skus.slice(from, from + CHUNK);
}

function columnsOf({ columns, skus }: Submission): AttributeColumn[] {
  return columns ?? (Array.isArray(skus) ? attributeColumns(skus) : []);
}

/** The economy lane has a day, unless somebody says otherwise. */
const DAY_MS = 86_400_000;

function withDeadline(options: Submission['options'], now: number): Submission['options'] {
  if (options.lane !== 'economy' || options.deadline !== undefined) return options;
  return { ...options, deadline: new Date(now + DAY_MS).toISOString() };
}

/** Until when a batch of the economy lane should be made, ms; empty for any other. */
function deadlineOf({ lane, deadline }: Submission['options']): number | '' {
  return lane === 'economy' && deadline !== undefined ? Date.parse(deadline) : '';
}

function keyOf(keys: Keys, tenant: string, idempotencyKey: string): string {
  return keys.idempotency(tenant, createHash('sha256').update(idempotencyKey).digest('hex'));
}

function sameOrConflict([digest, id]: string[], bodySha256: string | undefined): string {
  if (digest !== bodySha256 || id === undefined) {
    throw new IdempotencyConflict('this Idempotency-Key was used before with another body');
  }
  return id;
}

/** The batch as it was recorded, for an answer when it cannot be read back. */
export function asRecorded(id: string, { tenant, options, skus }: Submission): BatchState | null {
  const { count } = streamed(skus);
  const total = String(count);
  return readBatch({
    id,
    tenant,
    name: options.name ?? '',
    options: JSON.stringify(options),
    total,
    waiting: total,
    imagesExpected: String(count * imagesPerSku(options)),
    budgetMicroUsd: String(microUsd(options.budgetUsd ?? 0)),
    seq: '1',
    createdAt: String(Date.now()),
  });
}
