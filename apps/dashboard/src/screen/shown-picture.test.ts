import type { SkuView } from '@image-studio/contract';
import { expect, test } from '@jest/globals';
import { briefOf } from '../state/sku-brief.ts';
import { shownPictures } from './shown-picture.ts';

const image = {
  ...{
    role: 'main',
    kind: 'main',
    slot: 'main',
    version: 'v',
    url: '/files/a.webp',
    sourceUrl: 'https://x.example/a.jpg',
  },
  ...{
    width: 1600,
    height: 1600,
    bytes: 1,
    format: 'webp',
    reused: false,
    costUsd: 0,
    model: 'm',
    prompt: 'p',
  },
  ...{ callKey: 'c', review: { decision: 'approved', at: '' } },
  checks: [
    { rule: 'fill', measured: 0.7, required: '0.8 to 0.9', pass: false },
    { rule: 'bytes', measured: 1, required: 'no limit', pass: true },
  ],
};
const sku = { sku: 'A', index: 0, state: 'completed', stage: null, images: [image] } as unknown as SkuView;

test('what can be decided about is the same from the list and from the SKU', () => {
  const [early] = shownPictures(null, briefOf(sku));
  const [late] = shownPictures(sku, undefined);
  for (const picture of [early, late]) {
    expect(picture).toMatchObject({ slot: 'main', version: 'v', url: '/files/a.webp', decision: 'approved' });
    expect(picture?.failing.map(({ rule }) => rule)).toEqual(['fill']);
  }
  expect([early?.whole, late?.whole?.prompt]).toEqual([null, 'p']);
});
