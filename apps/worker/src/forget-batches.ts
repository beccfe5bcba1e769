import type { StudioWorker } from '@image-studio/queue';
import { waitBriefly } from './wait-briefly.ts';

/** Looked at soon after a start, because a studio on a desk may run for an hour a day, and then every hour. */
const FIRST_LOOK_MS = 60_000;
const LOOK_MS = 3_600_000;

export interface ForgettingDeps {
  /** 0: for good. */
  days: number;
  studio: Pick<StudioWorker, 'takeTurn' | 'isConnected' | 'expireBatches'>;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  firstLookMs?: number;
}

/** Has one process of the fleet forget, every hour, the batches that ended too long ago. Returns the way to stop. */
export function forgetBatches({ days, studio, log, firstLookMs }: ForgettingDeps): () => Promise<void> {
  if (days === 0) return async () => {};
  let forgetting: Promise<void> = Promise.resolve();
  const look = () => {
    forgetting = forget(days, studio, log).catch((err: unknown) => {
      log.warn({ err }, 'old batches were not forgotten');
    });
  };
  let timer = setTimeout(() => {
    look();
    timer = setInterval(look, LOOK_MS);
  }, firstLookMs ?? FIRST_LOOK_MS);
  return async () => {
    clearTimeout(timer);
    await waitBriefly(forgetting);
  };
}

async function forget(
  days: number,
  studio: ForgettingDeps['studio'],
  log: ForgettingDeps['log'],
): Promise<void> {
  if (!studio.isConnected() || !(await studio.takeTurn('forgetting', LOOK_MS / 2))) return;
  const batches = await studio.expireBatches(days);
  if (batches > 0) log.info({ days, batches }, 'old batches forgotten; their pictures and manifests stay');
}
