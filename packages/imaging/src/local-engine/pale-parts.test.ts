import { describe, expect, test } from '@jest/globals';
import { packshotOf } from '../testing/draw-photo.ts';

const WHITE = '<rect width="640" height="640" fill="#fff"/>';

/** Shares of the frame at which one looks, from `first` to `last`. */
const along = (first: number, last: number, count = 40): number[] =>
  Array.from({ length: count }, (_, i) => first + (i * (last - first)) / (count - 1));

describe('on white the local engine', () => {
  test('doubts its cut-out where a chrome foot shines so much that its rim fades into the background', async () => {
    const { note } = await packshotOf(`<linearGradient id="chrome"><stop offset="0" stop-color="#fefefe"/>
      <stop offset="0.5" stop-color="#8e8e8e"/><stop offset="1" stop-color="#b4b4b4"/></linearGradient>${WHITE}
      <rect x="150" y="110" width="340" height="220" fill="#d07818"/>
      <rect x="300" y="330" width="50" height="190" fill="url(#chrome)"/>
      <rect x="190" y="520" width="260" height="24" fill="url(#chrome)"/>`);
    expect(note).toBe(
      'what was taken for a shadow has an outline of its own: a part of the product may be missing',
    );
  });

  test('keeps the whole of a white shirt whose lower hem fades into the background', async () => {
    const { at } = await packshotOf(`<radialGradient id="cloth" cx="0.5" cy="0.4" r="0.6">
      <stop offset="0" stop-color="#dcdce2"/><stop offset="0.8" stop-color="#f1f1f4"/><stop offset="1" stop-color="#fdfdfd"/>
      </radialGradient>${WHITE}
      <path d="M200 80 h240 l90 110 -60 40 -20 -20 v350 h-260 v-350 l-20 20 -60 -40z" fill="url(#cloth)"/>
      <rect x="350" y="150" width="40" height="30" fill="#222"/>`);
    for (const y of along(0.3, 0.75)) expect(at(0.5, y)).toBeLessThan(249);
    for (const y of along(0.3, 0.75)) expect(at(0.4, y)).toBeLessThan(249);
  });
});
