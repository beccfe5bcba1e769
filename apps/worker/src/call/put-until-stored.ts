import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectStore } from '@image-studio/storage';
import type { ModelAnswer } from '../models/image-model.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/**
 * Stores what was paid for, and keeps trying while the store is away: giving up would mean paying again. Ends early
 * only when the signal fires.
 */
export async function putUntilStored(
  store: ObjectStore,
  key: string,
  answer: Pick<ModelAnswer, 'image' | 'mime'>,
  signal: AbortSignal,
  /** Resolves when the store as a whole works. */
  opened: (signal: AbortSignal) => Promise<void> = async () => {},
): Promise<void> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      // Without the signal: a cancelled batch's picture is paid for all the same, and may serve the next one.
      return await store.put(key, answer.image, { contentType: answer.mime });
    } catch (error) {
      if (signal.aborted) throw error;
      await sleep(wait, undefined, { signal });
      await opened(signal);
    }
  }
}
