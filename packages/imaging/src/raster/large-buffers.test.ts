import { describe, expect, test } from '@jest/globals';
import { borrowBuffer, giveBuffersBack } from './large-buffers.ts';

describe('a large buffer', () => {
  test('that was given back is borrowed again, by one at a time', () => {
    const first = borrowBuffer(1000);
    giveBuffersBack(first, first);
    const again = borrowBuffer(900);
    const another = borrowBuffer(900);
    expect(again.buffer).toBe(first.buffer);
    expect(again).toHaveLength(900);
    expect(another.buffer).not.toBe(first.buffer);
  });

  test('is never lent for more than it holds, and the smallest that is enough is', () => {
    const sizes = [400, 3000, 2000].map((length) => borrowBuffer(length));
    giveBuffersBack(...sizes);
    expect(borrowBuffer(1500).buffer.byteLength).toBe(2000);
    expect(borrowBuffer(1500).buffer.byteLength).toBe(3000);
    expect(borrowBuffer(1500).buffer.byteLength).toBe(1500);
  });

  test('of another origin is not taken: others may share its memory', () => {
    const foreign = Buffer.from('x');
    giveBuffersBack(foreign, new Uint8Array(50_000));
    expect(borrowBuffer(1).buffer).not.toBe(foreign.buffer);
    expect(borrowBuffer(50_000).some((value) => value !== 0)).toBe(false);
  });

  test('is kept only as long as there are few, and none is huge', () => {
    const many = [10, 20, 30, 40].map((length) => borrowBuffer(100_000 + length));
    const huge = borrowBuffer(13_000_000);
    giveBuffersBack(...many, huge);
    const kept = [0, 0, 0, 0].map(() => borrowBuffer(100_000).buffer);
    expect(kept.filter((buffer) => many.some((one) => one.buffer === buffer))).toHaveLength(3);
    expect(kept).not.toContain(huge.buffer);
  });
});
