import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { finishImage } from './finish-image.ts';
import { renderLocally } from './local-engine/render-locally.ts';
import { preparePhoto } from './prepare-photo.ts';

const MUG = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="640"><linearGradient id="body">
  <stop offset="0" stop-color="#fbfbfb"/><stop offset="0.5" stop-color="#fdfdfd"/><stop offset="1" stop-color="#e9e9ea"/>
  </linearGradient><path d="M180 160 h240 v330 h-240z" fill="url(#body)"/>
  <rect x="250" y="260" width="90" height="80" fill="#2255cc"/></svg>`;
const { signal } = new AbortController();

test('a white mug that comes cut out keeps its whole body in the listing', async () => {
  const png = await sharp(Buffer.from(MUG)).png().toBuffer();
  const limits = { maxPixels: 50e6, minSide: 1, maxSide: 2048, maxBytes: 15e6, keepAlpha: true };
  const named = { url: '', name: 'mug', stem: 'mug' };
  const photo = await preparePhoto({ ...named, data: png }, limits, signal);
  const { image } = await renderLocally({ aspectRatio: '1:1', imageSize: '1K', inputs: [photo] }, signal);
  const { data, checks } = await finishImage(
    image,
    {
      width: 800,
      height: 800,
      format: 'png',
      quality: 90,
      fill: { min: 0.8, target: 0.9, max: 0.95 },
      role: 'main',
      aiGenerated: false,
      photos: [photo.data],
    },
    signal,
  );
  const { data: rgb } = await sharp(data).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const darkest = (x: number, y: number): number =>
    Math.min(...rgb.subarray((y * 800 + x) * 3, (y * 800 + x) * 3 + 3));
  // The body is 0.9 of 800 high: left of its label, and at its left rim.
  for (let y = 60; y < 740; y += 20) {
    expect(darkest(180, y)).toBeLessThan(255);
    expect(darkest(320, y)).toBeLessThan(255);
  }
  expect(checks.filter(({ pass }) => !pass)).toEqual([]);
});
