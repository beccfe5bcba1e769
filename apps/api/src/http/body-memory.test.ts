import { expect, test } from '@jest/globals';
import { createBodyMemory } from './body-memory.ts';

const limits = { bytes: 100, largeBytes: 10, largeAtOnce: 2 };
const ample = { ...limits, bytes: 1000 };
const acme = { tenant: 'acme', keyId: 'a1' };
const acmeToo = { tenant: 'acme', keyId: 'a2' };
const beta = { tenant: 'beta', keyId: 'b1' };

test('gives a key half of the room, and the same again when it is answered', () => {
  const memory = createBodyMemory(limits);
  const [one, other] = [memory.open(acme), memory.open(acme)];
  expect(one.grow(40)).toBe(true);
  expect(other.grow(20)).toBe(false);
  expect(other.grow(10)).toBe(true);
  one.release();
  one.release();
  expect(other.grow(40)).toBe(true);
  expect(memory.open(acme).grow(1)).toBe(false);
});

test('leaves room for another key and another tenant, however many of one fill their shares', () => {
  const memory = createBodyMemory(limits);
  const fill = (owner: typeof acme) => {
    const body = memory.open(owner);
    let bytes = 0;
    while (body.grow(1)) bytes += 1;
    return bytes;
  };
  expect(fill(acme)).toBe(50);
  expect(fill(acmeToo)).toBeGreaterThanOrEqual(16);
  expect(fill(beta)).toBeGreaterThanOrEqual(16);
  const others = Array.from({ length: 10 }, (_, n) => fill({ tenant: `t${n}`, keyId: 'k' }));
  expect(others[0]).toBeGreaterThan(5);
  const all = createBodyMemory(limits).open(beta);
  expect(all.grow(50)).toBe(true);
});

test('hands turns to the tenant that has none before the many of another', async () => {
  const memory = createBodyMemory(limits);
  const order: string[] = [];
  const large = (name: string, owner: typeof acme) => {
    const body = memory.open(owner);
    body.grow(11);
    return { ...body, going: body.turn().then(() => void order.push(name)) };
  };
  const [a1, a2] = [large('a1', acme), large('a2', acme)];
  await Promise.all([a1.going, a2.going]);
  const [a3, a4, b] = [large('a3', acme), large('a4', acmeToo), large('b', beta)];
  a1.release();
  await b.going;
  expect(order).toEqual(['a1', 'a2', 'b']);
  a2.release();
  await a3.going;
  b.release();
  await a4.going;
  expect(order).toEqual(['a1', 'a2', 'b', 'a3', 'a4']);
});

test('lets two large bodies on at a time, in the order in which they came, and small ones at once', async () => {
  const memory = createBodyMemory(ample);
  const order: string[] = [];
  const bodies = ['a', 'b', 'c', 'd'].map((name) => {
    const body = memory.open(acme);
    body.grow(20);
    return { ...body, going: body.turn().then(() => void order.push(name)) };
  });
  const small = memory.open(acme);
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
  const [next, after] = [memory.open(acme), memory.open(acme)];
  for (const body of [next, after]) {
    body.grow(20);
    await body.turn();
  }
});

test('who leaves the queue neither blocks it nor goes on', async () => {
  const memory = createBodyMemory({ ...ample, largeAtOnce: 1 });
  const large = () => {
    const body = memory.open(acme);
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
