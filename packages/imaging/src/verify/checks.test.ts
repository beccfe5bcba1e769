import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { describe, expect, test } from '@jest/globals';
import sharp, { type Sharp } from 'sharp';
import { compositionOf } from '../compose/composition.ts';
import { decodePicture } from '../decode/decode-picture.ts';
import type { FinishSpec } from '../finish-spec.ts';
import { AGAINST_PHOTOS } from './checks.ts';
import { gatherEvidence } from './evidence.ts';

const spec = (change: Partial<FinishSpec> = {}): FinishSpec => ({
  width: 400,
  height: 400,
  format: 'jpeg',
  quality: 90,
  fill: { min: 0.8, target: 0.85, max: 0.95 },
  role: 'main',
  aiGenerated: true,
  ...change,
});

const RED = { r: 200, g: 40, b: 30 };
const SHAPES = ['box', 'bottle', 'mug'] as const;

/** A product on pure white, as a good answer shows it. */
const packshot = (colour: { r: number; g: number; b: number }, shape: (typeof SHAPES)[number] = 'mug') =>
  productPhoto({ seed: 9, colour, shape, background: 'white', width: 400, height: 400, format: 'png' });

/** The checks of an answer that needs no finishing, against photos. */
async function compare(answer: Buffer, photos: Buffer[], change: Partial<FinishSpec> = {}) {
  const picture = await decodePicture(answer, 800);
  const frame = compositionOf(picture);
  const finished = {
    answer: picture,
    composed: { frame, scene: undefined, findings: null },
    captioned: { frame, checks: [] },
    encoded: { data: answer, seen: picture, format: picture.file.format },
  };
  const evidence = await gatherEvidence(finished, spec({ photos, ...change }));
  const checks = AGAINST_PHOTOS.flatMap((check) => check(evidence) ?? []);
  return Object.fromEntries(checks.map(({ rule, pass }) => [rule, pass]));
}

/** A product of several tones that keeps them on any background. */
const onBackground = (background: string, shift = 0, body = '#a33a2c'): Promise<Buffer> =>
  sharp(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"><rect width="400" height="400" fill="${background}"/>
    <g transform="translate(${shift} ${shift / 2})"><rect x="110" y="90" width="180" height="220" rx="24" fill="${body}"/>
    <rect x="140" y="140" width="120" height="60" fill="${body === '#a33a2c' ? '#e9dfcf' : '#303236'}"/><circle cx="200" cy="255" r="34" fill="#20252b"/></g></svg>`),
  )
    .jpeg({ quality: 90 })
    .toBuffer();

describe('a picture beside its photo', () => {
  const photo = productPhoto({ seed: 4, colour: RED, shape: 'mug', width: 500, height: 400 });

  /** Two halves and a speck. */
  const drawn = (upper: string, lower: string, speck: string): Promise<Buffer> =>
    sharp(
      Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"><rect width="400" height="400" fill="#fff"/>
      <rect x="80" y="60" width="240" height="140" fill="${upper}"/><rect x="80" y="200" width="240" height="140" fill="${lower}"/>
      <rect x="180" y="150" width="22" height="22" fill="${speck}"/></svg>`),
    )
      .jpeg({ quality: 92 })
      .toBuffer();

  test('of another colour is not explained by a speck of that colour in the photo', async () => {
    const source = await drawn('#8fd3bd', '#d0a285', '#c7a6e8');
    expect((await compare(source, [source])).colour).toBe(true);
    expect((await compare(await drawn('#c7a6e8', '#7fb9a8', '#8fd3bd'), [source])).colour).toBe(false);
  });

  test('of the same product on white is fair, whatever was behind it', async () => {
    for (const background of ['studio', 'wood'] as const) {
      const other = await productPhoto({
        seed: 4,
        colour: RED,
        shape: 'mug',
        background,
        width: 500,
        height: 400,
      });
      expect([background, await compare(await packshot(RED), [other])]).toEqual([
        background,
        { unchanged: true, colour: true },
      ]);
    }
  });

  test.each<[string, { r: number; g: number; b: number }]>([
    ['blue', { r: 30, g: 60, b: 200 }],
    ['green', { r: 40, g: 150, b: 50 }],
    ['grey', { r: 128, g: 128, b: 128 }],
  ])('in which red became %s is caught', async (_, colour) => {
    expect(await compare(await packshot(colour), [await photo])).toMatchObject({ colour: false });
  });

  test('in which black became white is caught, and the other way round', async () => {
    const [black, white] = [
      { r: 30, g: 30, b: 32 },
      { r: 238, g: 238, b: 236 },
    ];
    for (const [from, to] of [
      [black, white],
      [white, black],
    ] as const) {
      const source = await productPhoto({
        seed: 4,
        colour: from,
        background: 'concrete',
        width: 400,
        height: 400,
      });
      expect(await compare(await packshot(to, 'box'), [source])).toMatchObject({ colour: false });
    }
  });

  test.each<[string, [number, number, number]]>([
    ['warmer', [1.1, 1, 0.85]],
    ['colder', [0.88, 1, 1.12]],
    ['darker', [0.75, 0.75, 0.75]],
  ])('taken in %s light is the same product', async (_, gains) => {
    for (const n of [0, 5]) {
      const colour = distinctColour(n);
      const source = await productPhoto({ seed: n, colour, shape: 'bottle', width: 400, height: 400 });
      const lit = await sharp(source).linear(gains, [0, 0, 0]).jpeg().toBuffer();
      expect([n, await compare(await packshot(colour, 'bottle'), [lit])]).toEqual([
        n,
        { unchanged: true, colour: true },
      ]);
    }
  });

  test.each<[string, (photo: Sharp) => Sharp]>([
    ['as it was', (image) => image],
    ['saved anew', (image) => image.jpeg({ quality: 35 })],
    ['half as large', (image) => image.resize({ width: 250 })],
    ['squeezed into a square', (image) => image.resize(400, 400, { fit: 'fill' })],
    ['cropped to a square', (image) => image.resize(400, 400, { fit: 'cover' })],
    ['a little cropped', (image) => image.extract({ left: 10, top: 8, width: 478, height: 380 })],
    ['a little lighter', (image) => image.modulate({ brightness: 1.05 })],
    ['out of focus', (image) => image.blur(2)],
  ])('that is the photo %s is caught, in main and secondary pictures', async (_, change) => {
    const echo = await change(sharp(await photo)).toBuffer();
    expect(await compare(echo, [await photo])).toMatchObject({ unchanged: false });
    expect(await compare(echo, [await packshot(RED), await photo], { role: 'secondary' })).toMatchObject({
      unchanged: false,
    });
  });

  /** The product of `onBackground` on white, larger or smaller. */
  const onWhite = async (scale: number, shift = 0): Promise<Buffer> => {
    const side = Math.round(400 / scale);
    const wider = { width: side, height: side, fit: 'contain', background: '#fff' } as const;
    const drawn = sharp(await onBackground('#ffffff', shift));
    const framed =
      scale <= 1
        ? drawn.extend(around((side - 400) / 2)).resize(wider)
        : drawn.extract({
            left: Math.round((400 - side) / 2),
            top: Math.round((400 - side) / 2),
            width: side,
            height: side,
          });
    return sharp(await framed.png().toBuffer())
      .resize(400, 400)
      .png()
      .toBuffer();
  };
  const around = (by: number) => ({
    top: Math.round(by),
    bottom: Math.round(by),
    left: Math.round(by),
    right: Math.round(by),
    background: '#fff',
  });

  test('may look like a photo that left nothing to be done, unless it is that very photo', async () => {
    const done = await onWhite(1.5);
    const cropped = await sharp(done).extract({ left: 4, top: 6, width: 388, height: 388 }).toBuffer();
    expect(await compare(cropped, [done])).toMatchObject({ unchanged: true });
    expect(await compare(await sharp(done).jpeg({ quality: 60 }).toBuffer(), [done])).toMatchObject({
      unchanged: false,
    });
  });

  test.each<[string, (photo: Sharp) => Sharp]>([
    ['cropped by 3 %', (image) => image.extract({ left: 8, top: 3, width: 388, height: 388 })],
    ['cropped by 5 %', (image) => image.extract({ left: 10, top: 12, width: 380, height: 380 })],
    ['made brighter', (image) => image.linear(1.08, 0)],
    ['made darker', (image) => image.linear(0.92, 0)],
  ])(
    'that is a photo on white whose product is small, %s, is caught; larger it is a new one',
    async (_, change) => {
      for (const [scale, shift] of [
        [1, 0],
        [1.2, 20],
      ] as const) {
        const source = await onWhite(scale, shift);
        const echo = await change(sharp(source)).jpeg({ quality: 85 }).toBuffer();
        expect([scale, await compare(echo, [source])]).toEqual([
          scale,
          expect.objectContaining({ unchanged: false }),
        ]);
        expect(await compare(await onWhite(1.5), [source])).toMatchObject({ unchanged: true });
      }
    },
  );

  test.each<[string, (photo: Sharp) => Sharp]>([
    ['mirrored', (image) => image.flop()],
    ['upside down', (image) => image.rotate(180)],
    ['on its side', (image) => image.rotate(90)],
    [
      'mirrored, cropped and saved anew',
      (image) => image.flop().extract({ left: 5, top: 8, width: 385, height: 385 }).jpeg({ quality: 60 }),
    ],
  ])('that is the photo of a scene %s is caught', async (_, change) => {
    const scene = await sharp(
      Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"><rect width="400" height="400" fill="#7d8f5a"/>
        <rect width="400" height="170" fill="#a9c4d8"/><rect x="60" y="180" width="120" height="140" fill="#b9301f"/>
        <circle cx="300" cy="90" r="40" fill="#f2e08a"/><rect x="250" y="200" width="150" height="30" fill="#5a3b22"/></svg>`),
    )
      .png()
      .toBuffer();
    const copy = await change(sharp(scene)).toBuffer();
    expect(await compare(copy, [scene])).toMatchObject({ unchanged: false });
  });

  test.each<[string, string, string]>([
    ['off-white made white', '#f0f0f0', '#ffffff'],
    ['light grey made white', '#dcdcdc', '#ffffff'],
    ['light grey made off-white', '#dcdcdc', '#e8e8e8'],
    ['cream made white', '#f5f0e6', '#ffffff'],
    ['cream made off-white', '#f5f0e6', '#f0eee8'],
  ])('in the pose of its photo, with a background of %s, is a new one', async (_, before, after) => {
    const source = await onBackground(before);
    expect(await compare(await onBackground(after, 8), [source])).toMatchObject({ unchanged: true });
    // A dark product keeps so too where everything becomes brighter in proportion.
    if (after !== '#ffffff') return;
    for (const body of ['#a33a2c', '#1c1d20']) {
      const photo = await onBackground(before, 0, body);
      expect(await compare(await onBackground(after, 0, body), [photo])).toMatchObject({ unchanged: true });
    }
  });

  test.each<[string, (photo: Sharp) => Sharp]>([
    ['saved anew', (image) => image.webp({ quality: 50 })],
    ['exposed anew', (image) => image.linear(1.06, 4)],
    ['a little cropped', (image) => image.extract({ left: 12, top: 10, width: 380, height: 380 })],
  ])('that is a photo on light grey %s is caught', async (_, change) => {
    const source = await onBackground('#dcdcdc');
    expect(await compare(await change(sharp(source)).toBuffer(), [source])).toMatchObject({
      unchanged: false,
    });
  });

  test('in use only has to show the product’s colours somewhere, and a close-up only to keep to them', async () => {
    const scene = (colour: string) =>
      sharp(
        Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"><rect width="400" height="400" fill="#7d8f5a"/>
        <rect x="150" y="180" width="120" height="120" fill="${colour}"/></svg>`),
      )
        .jpeg()
        .toBuffer();
    const lifestyle = { role: 'secondary', kind: 'lifestyle' } as const;
    expect(await compare(await scene('#b9301f'), [await photo], lifestyle)).toMatchObject({ colour: true });
    expect(await compare(await scene('#2040c0'), [await photo], lifestyle)).toMatchObject({ colour: false });
    const detail = { role: 'secondary', kind: 'detail' } as const;
    expect(await compare(await packshot(RED), [await photo], detail)).toMatchObject({ colour: true });
    expect(await compare(await packshot({ r: 30, g: 60, b: 200 }), [await photo], detail)).toMatchObject({
      colour: false,
    });
  });

  test('of the local engine may be the photo itself', async () => {
    expect(await compare(await photo, [await photo], { aiGenerated: false })).toMatchObject({
      unchanged: true,
    });
  });
});
