import type { SkuRecord } from '@image-studio/contract';
import { parseUrl } from '@image-studio/contract';
import type { SkuJob } from '@image-studio/queue';
import { wantedPauseMs } from '../sources/too-many-requests.ts';

/** One SKU asks a supplier that keeps saying "later" so often, hours apart in the end; then it fails with what was said. */
const MOST_REFUSALS = 40;
/** The fleet's SKUs come back over so long after a pause, not all at its end. */
const SPREAD_MS = 10_000;

/** A supplier wants to be left alone: the SKU waits, which spends no attempt. `cause` is what the supplier said, if it was asked. */
export class SupplierPaused extends Error {
  override readonly name = 'SupplierPaused';
  readonly ms: number;

  constructor(ms: number, cause?: unknown) {
    super('the supplier wants fewer requests', { cause });
    this.ms = ms + Math.random() * Math.min(ms, SPREAD_MS);
  }
}

/**
 * Runs a download unless the supplier has told anybody of the fleet to come later, and tells the fleet when it says so now.
 * Throws `SupplierPaused` for both.
 */
export async function awaitSupplier<T>(
  job: Pick<SkuJob, 'supplierPauseMs' | 'pauseSupplier'>,
  record: SkuRecord,
  address: string,
  download: () => Promise<T>,
): Promise<T> {
  const host = parseUrl(address)?.host ?? '';
  if (host === '') return download();
  const pauseMs = await job.supplierPauseMs(host);
  if (pauseMs > 0) throw new SupplierPaused(pauseMs);
  try {
    return await download();
  } catch (error) {
    const wantedMs = wantedPauseMs(error);
    if (wantedMs === undefined || refusals(record) >= MOST_REFUSALS) throw error;
    await job.pauseSupplier(host, wantedMs);
    throw new SupplierPaused(wantedMs, error);
  }
}

function refusals({ timeline }: SkuRecord): number {
  return timeline.filter(({ stage, error }) => stage === 'download' && error !== undefined).length;
}
