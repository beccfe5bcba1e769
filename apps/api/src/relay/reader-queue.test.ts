import { expect, test } from '@jest/globals';
import { createReaderQueue } from './reader-queue.ts';

/** A reader that takes in one answer at a time, when it is told to. */
function aReader(maxWaiting: number) {
  const unread: string[] = [];
  let wake = () => {};
  const queue = createReaderQueue({
    isCongested: () => unread.length > 0,
    drained: () => new Promise((resolve) => (wake = resolve)),
    maxWaiting,
  });
  return {
    queue,
    unread,
    ask: (name: string) => queue.add(async () => void unread.push(name)),
    async read() {
      unread.length = 0;
      await settled();
      wake();
      await settled();
    },
    async leave() {
      queue.close();
      wake();
      await settled();
    },
  };
}

test('who does not read is given one answer, and the rest as it reads, in order', async () => {
  const { ask, read, unread } = aReader(10);
  const asked = ['a', 'b', 'c'].map(ask);
  await settled();
  expect(unread).toEqual(['a']);
  await read();
  expect(unread).toEqual(['b']);
  await read();
  expect(unread).toEqual(['c']);
  await Promise.all(asked);
});

test('who asks for more than may wait is refused, and so is what waits when it leaves', async () => {
  const { ask, leave, unread } = aReader(2);
  const [, second, third] = ['a', 'b', 'c'].map(ask);
  // The first is done by the time the third is refused; it was waiting when the third came.
  expect(await third).toBeNull();
  await leave();
  expect(await second).toBeNull();
  expect(unread).toEqual(['a']);
  expect(await ask('d')).toBeNull();
});

test('work that fails takes nothing else with it', async () => {
  const { queue, ask } = aReader(5);
  const failing = queue.add(async () => Promise.reject(new Error('no')));
  const next = ask('b');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBeUndefined();
});

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
