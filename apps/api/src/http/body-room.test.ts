import { expect, test } from '@jest/globals';
import { createBodyRoom } from './body-room.ts';

const limits = { bytes: 100, largeBytes: 10, largeAtOnce: 2 };

test('has room for so many bytes of all bodies together, and again when they are answered', () => {
  const room = createBodyRoom(limits);
  const [one, other] = [room.open(), room.open()];
  expect(one.grow(60)).toBe(true);
  expect(other.grow(60)).toBe(false);
  expect(other.grow(40)).toBe(true);
  one.release();
  one.release();
  expect(other.grow(60)).toBe(true);
  expect(room.open().grow(1)).toBe(false);
});

test('lets two large bodies on at a time, in the order in which they came, and small ones at once', async () => {
  const room = createBodyRoom(limits);
  const order: string[] = [];
  const bodies = ['a', 'b', 'c', 'd'].map((name) => {
    const body = room.open();
    body.grow(20);
    return { ...body, going: body.turn().then(() => void order.push(name)) };
  });
  const small = room.open();
  small.grow(10);
  await small.turn();
  await Promise.all([bodies[0]?.going, bodies[1]?.going]);
  expect(order).toEqual(['a', 'b']);
  bodies[1]?.release();
  await bodies[2]?.going;
  expect(order).toEqual(['a', 'b', 'c']);
  // Released just as its turn comes, before it could begin.
  for (const body of bodies) body.release();
  await bodies[3]?.going;
  const [next, after] = [room.open(), room.open()];
  for (const body of [next, after]) {
    body.grow(20);
    await body.turn();
  }
});

test('who leaves the queue neither blocks it nor goes on', async () => {
  const room = createBodyRoom({ ...limits, largeAtOnce: 1 });
  const large = () => {
    const body = room.open();
    body.grow(20);
    return body;
  };
  const [first, second, third] = [large(), large(), large()];
  await first.turn();
  const left = second.turn();
  const goesOn = third.turn();
  second.release();
  await expect(left).rejects.toThrow('left before the turn');
  first.release();
  await goesOn;
});
