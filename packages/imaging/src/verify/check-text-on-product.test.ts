import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { decodePicture } from '../decode/decode-picture.ts';
import { analyseScene } from '../segment/analyse-scene.ts';
import { hasTextOnProduct } from './check-text-on-product.ts';
import { patchLikeness, UPRIGHT } from './patch-likeness.ts';
import { productPatch } from './product-patch.ts';

const BOTTLE = `<rect x="250" y="80" width="300" height="640" rx="60" fill="#2d6a58"/><rect x="320" y="40" width="160" height="60" fill="#1b1d1f"/>
  <rect x="280" y="520" width="240" height="120" fill="#e6d9b8"/><circle cx="400" cy="200" r="60" fill="#c9a23c"/>`;
/** Blocks as wide and high as capitals, so that no font has to be there. */
const row = (y: number, fill: string, size = 1): string =>
  Array.from(
    { length: 8 },
    (_, i) =>
      `<rect x="${280 + i * 30}" y="${y}" width="${18 * size}" height="${(i % 2 === 0 ? 36 : 34) * size}" fill="${fill}"/>`,
  ).join('');

async function seen(drawing: string, background: string, side: number, blur = 0.3) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="800"><rect width="800" height="800" fill="${background}"/>${drawing}</svg>`;
  const jpeg = await sharp(Buffer.from(svg)).blur(blur).jpeg({ quality: 90 }).toBuffer();
  const scene = analyseScene(await decodePicture(jpeg, side), { shadow: 'keep' });
  const patch = scene && productPatch(scene.segmentation);
  if (!scene || !patch) throw new Error('nothing was found on the background');
  return [scene.segmentation, patch] as [typeof scene.segmentation, typeof patch];
}

async function isWritten(answer: string, photo: string, blur?: number): Promise<boolean> {
  const [shown, source] = [await seen(answer, '#fff', 800, blur), await seen(photo, '#d5d8da', 250)];
  return hasTextOnProduct(shown, source, patchLikeness(shown[1], source[1], UPRIGHT));
}

describe('writing across a product', () => {
  test.each(['#ffffff', '#d01818', '#101010'])('in %s is found', async (fill) => {
    expect(await isWritten(BOTTLE + row(380, fill), BOTTLE)).toBe(true);
  });

  test('is not what the photo shows in the same place', async () => {
    const printed = BOTTLE + row(560, '#7a1d1d');
    expect(await isWritten(BOTTLE, BOTTLE)).toBe(false);
    expect(await isWritten(printed, printed)).toBe(false);
    expect(await isWritten(printed, printed, 2)).toBe(false);
  });

  test('is not a print that lies elsewhere in the box, because something was cut out with the product of the photo', async () => {
    const printed = BOTTLE + row(380, '#ffffff') + row(560, '#7a1d1d');
    for (const height of [40, 60, 80]) {
      const foot = `<rect x="280" y="700" width="240" height="${height}" fill="#4a4440"/>`;
      expect([height, await isWritten(printed, printed + foot)]).toEqual([height, false]);
    }
  });

  test('is found beside what the photo shows', async () => {
    const printed = BOTTLE + row(560, '#7a1d1d');
    expect(await isWritten(printed + row(380, '#ffffff'), printed)).toBe(true);
  });

  test('is found on a product that leans, whose own print is not', async () => {
    const leaning = (drawing: string) => `<g transform="rotate(3 400 380)">${drawing}</g>`;
    const printed = BOTTLE + row(560, '#7a1d1d');
    expect(await isWritten(leaning(printed), printed)).toBe(false);
    expect(await isWritten(leaning(printed + row(380, '#ffffff')), printed)).toBe(true);
  });

  test('is not a part that shines, or one that lies a little elsewhere', async () => {
    const shine = '<rect x="270" y="120" width="26" height="380" rx="13" fill="#f4fffb"/>';
    expect(await isWritten(BOTTLE + shine, BOTTLE)).toBe(false);
    expect(await isWritten(BOTTLE.replace('cx="400"', 'cx="420"'), BOTTLE)).toBe(false);
  });
});
