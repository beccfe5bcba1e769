import { describe, expect, test } from '@jest/globals';
import { packshotOf } from '../../testing/draw-photo.ts';

const GREY = '<rect width="640" height="640" fill="#d6d6d6"/>';
const BOX = (fill: string, shift = 0): string =>
  `<rect x="${180 + shift}" y="${160 + shift}" width="260" height="280" rx="14" fill="${fill}"/>`;

describe('a second opinion', () => {
  test('doubts a cut-out that keeps a hard shadow', async () => {
    const { note } = await packshotOf(`${GREY}${BOX('#808080', 26)}${BOX('#2255cc')}`);
    expect(note).toBe('a part of the cut-out looks like a shadow');
  });

  test('agrees with one of a grey product that throws no shadow', async () => {
    expect((await packshotOf(`${GREY}${BOX('#808080')}`)).note).toBeUndefined();
    expect((await packshotOf(`${GREY}${BOX('#2255cc')}`)).note).toBeUndefined();
  });

  test('reads no row as the one beside it where a product reaches the frame', async () => {
    const { note } = await packshotOf(
      `${GREY}<rect x="0" y="160" width="260" height="280" fill="#2255cc"/><rect x="600" y="180" width="40" height="200" fill="#c33"/>`,
    );
    expect(note).not.toBe('a part of the cut-out looks like a shadow');
  });
});
