import { describe, expect, test } from '@jest/globals';
import { createSemaphore } from './semaphore.ts';

const never = new AbortController().signal;

describe('semaphore', () => {
  test('admits in order of arrival, never beyond its capacity', async () => {
    const semaphore = createSemaphore(10);
    const admitted: string[] = [];
    const take = async (name: string, weight: number) => {
      const release = await semaphore.acquire(weight, never);
      admitted.push(name);
      return release;
    };
    const first = await take('first 6', 6);
    const second = take('second 8', 8);
    const third = take('third 2', 2);
    await Promise.resolve();
    // 2 units would fit, but the second came earlier: nobody starves.
    expect(admitted).toEqual(['first 6']);
    first();
    await Promise.all([second, third]);
    expect(admitted).toEqual(['first 6', 'second 8', 'third 2']);
  });

  test.each([1, 2])(
    'of %i places, each owner has its turn, however many wait for another',
    async (places) => {
      const semaphore = createSemaphore(places);
      const admitted: string[] = [];
      const work = async (owner: string) => {
        const release = await semaphore.acquire(1, never, { owner });
        admitted.push(owner);
        await new Promise(setImmediate);
        release();
      };
      const all = [...Array.from({ length: 6 }, () => work('acme')), work('beta'), work('beta')];
      await Promise.all(all);
      // Those who came first hold all places once; from then on, places are shared.
      expect(admitted.slice(0, places + 4).filter((owner) => owner === 'beta')).toHaveLength(2);
      expect(admitted[places]).toBe('beta');
      expect(admitted).toHaveLength(8);
    },
  );

  test('a request above the capacity runs alone instead of never', async () => {
    const semaphore = createSemaphore(4);
    const release = await semaphore.acquire(100, never);
    let next = false;
    const waiting = semaphore.acquire(1, never).then(() => {
      next = true;
    });
    await Promise.resolve();
    expect(next).toBe(false);
    release();
    await waiting;
    expect(next).toBe(true);
  });

  test('an aborted wait rejects with the reason and lets those behind it through', async () => {
    const semaphore = createSemaphore(2);
    const release = await semaphore.acquire(1, never);
    const stop = new AbortController();
    const outsized = semaphore.acquire(2, stop.signal);
    const small = semaphore.acquire(1, never);
    stop.abort(new Error('cancelled'));
    await expect(outsized).rejects.toThrow('cancelled');
    await small;
    release();
    await expect(semaphore.acquire(1, stop.signal)).rejects.toThrow('cancelled');
  });

  test('releasing twice frees once', async () => {
    const semaphore = createSemaphore(1);
    const release = await semaphore.acquire(1, never);
    release();
    release();
    await semaphore.acquire(1, never);
    let second = false;
    void semaphore.acquire(1, never).then(() => {
      second = true;
    });
    await new Promise(setImmediate);
    expect(second).toBe(false);
  });
});
