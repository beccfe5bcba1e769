import { type AuditRule, BatchOptions, MAX_SKUS_PER_BATCH, type SkuInput, say } from '@image-studio/contract';
import type { AuditState, BatchState } from '@image-studio/queue';
import { tableKey } from '@image-studio/storage';
import { ProblemError } from '../http/problem-error.ts';
import type { RouteContext } from '../routes/context.ts';
import { checkDraft } from '../submission/check-draft.ts';
import { refuseUncomparable } from '../submission/refuse-uncomparable.ts';
import { knowsPhotosOf } from '../submission/refuse-unknown-photos.ts';
import { plansOf, sampleOf } from '../submission/sample-of.ts';
import { type FailingSku, failingSkus, faultyPictures } from './failing-skus.ts';

export interface FailuresOrder extends Omit<BatchOptions, 'profile'> {
  profile?: string | undefined;
  rules?: AuditRule[] | undefined;
  until?: string | undefined;
  dryRun?: boolean | undefined;
}

export interface MadeBatch {
  batch: BatchState | null;
  skus: number;
  leftOut: { count: number; skus: string[] };
}

/** SKUs that an answer names at most. */
const MOST_NAMED = 100;

/**
 * Submits the SKUs whose pictures fail, in the order of the table, as any batch is submitted. The photos are the pictures
 * that they have, without those of which nothing can be made; a SKU that has no other is left out and named. The batch keeps the
 * audit's table, so that its export is the person's own.
 */
export async function makeBatchOfFailures(
  { api, store, planFor, outgoing }: RouteContext,
  audit: AuditState,
  order: FailuresOrder,
  { id, today, idempotencyKey }: { id: string; today: string; idempotencyKey: string | undefined },
): Promise<MadeBatch> {
  const { profile = audit.profiles[0] ?? '', rules, until, dryRun, ...asked } = order;
  if (!audit.profiles.includes(profile)) {
    const said = say`must be one of the audit's: ${audit.profiles.join(', ')}`;
    throw new ProblemError(422, 'INVALID_BODY', `profile ${said.message}.`, {
      errors: [{ path: 'profile', ...said }],
    });
  }
  const faulty = await faultyPictures(api, audit.id, { profile, rules, until }, today);
  const useless = await faultyPictures(api, audit.id, { advised: true }, today);
  const skus: SkuInput[] = [];
  const leftOut = { count: 0, skus: [] as string[] };
  for await (const failing of failingSkus(api, audit.id, audit.skus, faulty)) {
    const sku = withUsablePhotos(failing, useless);
    if (sku) skus.push(sku);
    else {
      leftOut.count += 1;
      if (leftOut.skus.length < MOST_NAMED) leftOut.skus.push(failing.sku.sku);
    }
  }
  if (dryRun || skus.length === 0) return { batch: null, skus: skus.length, leftOut };
  if (skus.length > MAX_SKUS_PER_BATCH) {
    const said = say`${skus.length} SKUs fail, a batch takes ${MAX_SKUS_PER_BATCH}: name some of the rules`;
    throw new ProblemError(422, 'TOO_MANY_SKUS', `${said.message}.`, {
      errors: [{ path: 'rules', ...said }],
    });
  }
  const options = BatchOptions.parse({ name: audit.name ?? undefined, ...asked, profile });
  const planOf = (wished: BatchOptions) => planFor(audit.tenant, wished);
  refuseUncomparable(options, planOf, skus.length);
  const bodySha256 = JSON.stringify([audit.id, profile, rules, until, options]);
  await checkDraft({ options, skus, bodySha256 }, outgoing, knowsPhotosOf(api, audit.tenant));
  await copyTable(store, audit.id, id);
  const { batch } = await api.submit({
    ...{ id, tenant: audit.tenant, options, skus },
    ...sampleOf(options, skus),
    ...plansOf(options, planOf),
    columns: await api.auditColumns(audit.id),
    ...(idempotencyKey !== undefined && { idempotency: { key: idempotencyKey, bodySha256 } }),
  });
  if (batch.id !== id) await store.delete(tableKey(id)).catch(() => {});
  return { batch, skus: skus.length, leftOut };
}

/** A batch without its table gets a plain export. */
async function copyTable(store: RouteContext['store'], from: string, to: string): Promise<void> {
  try {
    const found = await store.stream(tableKey(from));
    if (found) await store.putStream(tableKey(to), found.body, { contentType: 'application/gzip' });
  } catch {
    // The store is away.
  }
}

function withUsablePhotos(
  { sku }: FailingSku,
  faulty: Awaited<ReturnType<typeof faultyPictures>>,
): SkuInput | null {
  const images = sku.images.filter(({ url }) => faulty.get(url)?.isUseless !== true);
  return images.length === 0 ? null : { ...sku, images };
}
