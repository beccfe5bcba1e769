import { StageError } from '@image-studio/contract';

/** A job that was handed back starts again after this; the process that handed it back takes no jobs while the store is away. */
export const STORE_WAIT_MS = 2000;

/**
 * The store as a whole does not work, for everybody: no SKU's fault. A job that meets it is handed back, unspent, and
 * the process takes no new ones until the store answers.
 */
export class StoreUnavailable extends StageError {
  constructor(reason: string, cause?: unknown) {
    super('STORE_UNAVAILABLE', reason, { verdict: 'retry', cause });
  }
}
