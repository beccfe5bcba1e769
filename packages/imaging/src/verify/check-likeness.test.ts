import { describe, expect, test } from '@jest/globals';
import sharp, { type Sharp } from 'sharp';
import { decodePicture } from '../decode/decode-picture.ts';
import { analyseScene } from '../segment/analyse-scene.ts';
import { compareLikeness } from './check-likeness.ts';
import { productPatch } from './product-patch.ts';

/** A thing with parts of its own, on some background. */
const JUG = `<path d="M150 90 h110 l30 60 v180 q0 30 -30 30 h-110 q-30 0 -30 -30 v-180 z" fill="#b9442f"/>
  <rect x="140" y="180" width="70" height="90" fill="#f0e2c4"/><circle cx="255" cy="300" r="26" fill="#2c3a55"/>
  <path d="M290 170 q70 10 60 90 q-10 50 -60 50 v-26 q30 0 34 -30 q4 -50 -34 -58 z" fill="#7c2a1c"/>`;
const CLOCK = `<circle cx="200" cy="220" r="140" fill="#2f3133"/><circle cx="200" cy="220" r="112" fill="#f4f3ee"/>
  <rect x="194" y="130" width="12" height="96" fill="#111"/><rect x="196" y="214" width="76" height="12" fill="#111"/>`;

const picture = (drawing: string, background: string): Sharp =>
  sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="440"><rect width="400" height="440" fill="${background}"/>${drawing}</svg>`,
    ),
  ).flatten();

const photo = picture(JUG, '#cfd3d6').jpeg({ quality: 85 });

async function seenIn(image: Sharp, side = 400) {
  const scene = analyseScene(await decodePicture(await image.png().toBuffer(), side), { shadow: 'keep' });
  const patch = scene && productPatch(scene.segmentation);
  if (!scene || !patch) throw new Error('nothing was found on the background');
  return { scene, patch };
}

/** What is wrong with an answer, beside the photo of the jug. */
async function faultOf(answer: Sharp): Promise<string> {
  const [shown, source] = [await seenIn(answer), await seenIn(photo, 250)];
  const check = compareLikeness(shown.patch, source.patch, source.scene);
  expect(check?.pass ?? false).toBe(false);
  return check === null ? 'none' : `${check.rule}: ${String(check.measured).replace(/ \(.*/, '')}`;
}

const onWhite = async (change: (image: Sharp) => Sharp = (image) => image): Promise<Sharp> =>
  sharp(await change(picture(JUG, '#ffffff')).png().toBuffer());

describe('a product beside its photo', () => {
  test.each<[string, (image: Sharp) => Sharp]>([
    ['on white', (image) => image],
    ['brighter', (image) => image.linear(1.12, 4)],
    ['in warmer light', (image) => image.linear([1.08, 1, 0.9], [0, 0, 0])],
    ['out of focus a little', (image) => image.blur(2)],
    ['leaning by two degrees', (image) => image.rotate(2, { background: '#fff' })],
    [
      'at half the size',
      (image) =>
        image.resize({ width: 200 }).extend({ top: 90, bottom: 90, left: 90, right: 90, background: '#fff' }),
    ],
  ])('is the same one %s', async (_, change) => {
    expect(await faultOf(await onWhite(change))).toBe('none');
  });

  test('is noticed mirrored, which no light explains', async () => {
    expect(await faultOf(await onWhite((image) => image.flop()))).toBe('likeness: the product mirrored');
  });

  test.each([90, 180, 270])('is noticed turned by %i degrees', async (angle) => {
    expect(await faultOf(await onWhite((image) => image.rotate(angle)))).toBe(
      'likeness: the product turned on its side or head',
    );
  });

  test('is noticed in another hue, and without its colours, though its shape is right', async () => {
    expect(await faultOf(await onWhite((image) => image.modulate({ hue: 140 })))).toMatch(/^colour/);
    expect(await faultOf(await onWhite((image) => image.modulate({ saturation: 0 })))).toMatch(/^colour/);
  });

  test('is not another product', async () => {
    expect(await faultOf(picture(CLOCK, '#ffffff'))).toBe('likeness: another product, or another side of it');
  });

  test('is not there twice', async () => {
    const one = await (await onWhite((image) => image.resize({ width: 200 }))).png().toBuffer();
    const two = sharp({ create: { width: 400, height: 260, channels: 3, background: '#fff' } }).composite([
      { input: one, left: 0, top: 20 },
      { input: one, left: 200, top: 20 },
    ]);
    expect(await faultOf(two)).toBe('likeness: a product of other proportions, or more than one');
  });

  test('of one colour and shape has nothing to be told apart by, whichever way it lies', async () => {
    const plain = '<circle cx="200" cy="220" r="120" fill="#3a6ea5"/>';
    const [shown, source] = [
      await seenIn(picture(plain, '#ffffff').rotate(90)),
      await seenIn(picture(plain, '#d8d4cc'), 250),
    ];
    expect(compareLikeness(shown.patch, source.patch, source.scene)).toBeNull();
  });
});
