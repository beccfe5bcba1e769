import { describe, expect, test } from '@jest/globals';
import { packshotOf } from './draw-photo.ts';

describe('a photo whose product reaches opposite edges', () => {
  test('is a tightly cropped packshot on pure white: it is cut out without a word', async () => {
    const { at, note } = await packshotOf(`<rect width="640" height="640" fill="#fff"/>
      <path d="M250 0 h140 l40 60 100 330 -60 20 -40 -120 v350 h-220 v-350 l-40 120 -60 -20 100 -330z" fill="#1d8a4a"/>`);
    expect(note).toBeUndefined();
    expect(at(0.5, 0.5)).toBeLessThan(60);
    expect(at(0.04, 0.5)).toBe(255);
  });

  test('is a scene where that is a table or a floor, also on white', async () => {
    const { note } = await packshotOf(`<rect width="640" height="640" fill="#fff"/>
      <rect y="330" width="640" height="310" fill="#8a6b4a"/><rect x="230" y="150" width="180" height="300" fill="#2c3e70"/>`);
    expect(note).toMatch(/no even ground/);
  });

  test('is a scene on a ground that is not white', async () => {
    const { note } = await packshotOf(`<rect width="640" height="640" fill="#d9d6d0"/>
      <rect y="400" width="640" height="60" fill="#8a6b4a"/><rect x="230" y="150" width="180" height="260" fill="#2c3e70"/>`);
    expect(note).toMatch(/no even ground/);
  });
});
