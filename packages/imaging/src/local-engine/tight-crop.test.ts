import { describe, expect, test } from '@jest/globals';
import { packshotOf } from '../testing/draw-photo.ts';

describe('a photo whose product reaches opposite edges', () => {
  test('is a tightly cropped packshot on pure white: it is cut out without a word', async () => {
    const { at, note } = await packshotOf(`<rect width="640" height="640" fill="#fff"/>
      <path d="M210 60 Q320 -60 430 60 l100 330 -60 20 -40 -120 v300 Q320 690 210 590 v-300 l-40 120 -60 -20z" fill="#1d8a4a"/>`);
    expect(note).toBeUndefined();
    expect(at(0.5, 0.5)).toBeLessThan(60);
    expect(at(0.04, 0.5)).toBe(255);
  });

  test.each([
    ['a tie from above', '<path d="M270 0 h100 v430 l-50 110 -50 -110z" fill="#7a2b2b"/>', /at its top edge/],
    [
      'a shaft',
      '<ellipse cx="320" cy="200" rx="210" ry="120" fill="#222"/><path d="M470 240 h34 v400 h-34z" fill="#333"/>',
      /bottom/,
    ],
    ['a shoe', '<path d="M640 260 H330 Q120 280 110 400 H640z" fill="#222"/>', /at its right edge/],
  ])('is to be looked at where it goes on beyond one: %s', async (_, drawing, words) => {
    const { note } = await packshotOf(`<rect width="640" height="640" fill="#fff"/>${drawing}`);
    expect(note).toMatch(words);
  });

  test('is not where a round end touches it', async () => {
    const { note } = await packshotOf(
      '<rect width="640" height="640" fill="#fff"/><circle cx="320" cy="322" r="320" fill="#2c3e70"/>',
    );
    expect(note).toBeUndefined();
  });

  test('is a scene where that is a table or a floor, also on white', async () => {
    const { note } = await packshotOf(`<rect width="640" height="640" fill="#fff"/>
      <rect y="330" width="640" height="310" fill="#8a6b4a"/><rect x="230" y="150" width="180" height="300" fill="#2c3e70"/>`);
    expect(note).toMatch(/no even background/);
  });

  test('is a scene on a background that is not white', async () => {
    const { note } = await packshotOf(`<rect width="640" height="640" fill="#d9d6d0"/>
      <rect y="400" width="640" height="60" fill="#8a6b4a"/><rect x="230" y="150" width="180" height="260" fill="#2c3e70"/>`);
    expect(note).toMatch(/no even background/);
  });
});
