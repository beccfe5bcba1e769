import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { configureSharp, createCpuLimiter } from './sharp-settings.ts';

const never = new AbortController().signal;

test('libvips runs one thread a job and keeps no cache', () => {
  configureSharp();
  expect(sharp.concurrency()).toBe(1);
  expect(sharp.cache()).toMatchObject({ memory: { max: 0 }, files: { max: 0 }, items: { max: 0 } });
});

test('the limiter runs as many jobs as it has slots, also when some of them fail', async () => {
  const limiter = createCpuLimiter(2);
  let running = 0;
  let most = 0;
  const job = (index: number) =>
    limiter.run(async () => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      if (index % 3 === 0) throw new Error(`job ${index}`);
      return index;
    }, never);
  const settled = await Promise.allSettled(Array.from({ length: 10 }, (_, index) => job(index)));
  expect(most).toBe(2);
  expect(settled.filter((result) => result.status === 'fulfilled')).toHaveLength(6);
});

test('a job whose signal fired before its turn never runs', async () => {
  const limiter = createCpuLimiter(1);
  const stop = new AbortController();
  let ran = false;
  let finishFirst = () => {};
  const first = limiter.run(() => new Promise<void>((resolve) => (finishFirst = resolve)), never);
  const second = limiter.run(async () => {
    ran = true;
  }, stop.signal);
  stop.abort(new Error('cancelled'));
  await expect(second).rejects.toThrow('cancelled');
  finishFirst();
  await first;
  expect(ran).toBe(false);
});
