import { setTimeout as sleep } from 'node:timers/promises';
import { askGemini } from '../ask-gemini.ts';
import type { Provider } from '../quota-provider.ts';

/** What a script without a queue would do with the same calls. */
export type Baseline = (provider: Provider, photos: string[], callsPerMinute: number) => Promise<void>;

/** As many at once as a client that knows no quota would send; each 429 waits as long as it was told. */
export const unpaced: Baseline = async (provider, photos) => {
  await inParallel(photos, 64, (photo) => callUntilDone(provider, photo));
};

/**
 * A counter of calls per fixed window, full quota: what most rate limiters do, BullMQ's own with a large `max` among
 * them. The window is a tenth of a minute, as the provider's is.
 */
export const fixedWindow: Baseline = async (provider, photos, callsPerMinute) => {
  const windowMs = 6000;
  const perWindow = Math.ceil(callsPerMinute / 10);
  let window = -1;
  let used = 0;
  const admit = async () => {
    for (;;) {
      const now = Math.floor(Date.now() / windowMs);
      if (now !== window) [window, used] = [now, 0];
      if (used < perWindow) {
        used += 1;
        return;
      }
      await sleep((now + 1) * windowMs - Date.now() + 1);
    }
  };
  await inParallel(photos, 64, async (photo) => callUntilDone(provider, photo, admit));
};

async function inParallel<T>(items: T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

async function callUntilDone(
  provider: Provider,
  photo: string,
  admit: () => Promise<void> = async () => {},
): Promise<void> {
  for (;;) {
    await admit();
    const answer = await askGemini(provider, photo);
    const text = await answer.text();
    if (answer.ok) return;
    const seconds = Number(/retry in ([\d.]+)s/.exec(text)?.[1] ?? 1);
    await sleep(seconds * 1000);
  }
}
