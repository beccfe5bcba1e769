import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { packshotOf } from '../testing/draw-photo.ts';
import { exampleRequest } from '../testing/example-request.ts';
import { renderLocally } from './render-locally.ts';

const { signal } = new AbortController();

/** Why somebody should look. */
const OUTLINED =
  'what was taken for a shadow has an outline of its own: a part of the product may be missing';

describe('the local engine', () => {
  test('puts the product on pure white at 85 % of the frame, centred', async () => {
    const { image } = await renderLocally(await exampleRequest({ imageSize: '1K' }), signal);
    const { data, info } = await sharp(image).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([1024, 1024]);
    const isRed = (x: number, y: number) => {
      const i = (y * info.width + x) * 3;
      return data[i] > 150 && data[i + 1] < 90;
    };
    expect([...data.subarray(0, 3)]).toEqual([255, 255, 255]);
    expect(isRed(512, 512)).toBe(true);
    const reds = Array.from({ length: 1024 }, (_, x) => x).filter((x) => isRed(x, 512));
    const left = reds[0];
    const right = reds.at(-1) as number;
    expect((right - left) / 1024).toBeCloseTo(0.85, 1);
    expect(Math.abs((left + right) / 2 - 512)).toBeLessThan(10);
  });

  test('gives the same bytes for the same photo', async () => {
    const request = await exampleRequest();
    const [first, second] = await Promise.all([
      renderLocally(request, signal),
      renderLocally(request, signal),
    ]);
    expect(first.image.equals(second.image)).toBe(true);
  });

  test('places a photo without an even background whole on white, uncut, and says so', async () => {
    const noise = Buffer.from(
      Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => (i * 7919 * (i % 13)) % 256),
    );
    const data = await sharp(noise, { raw: { width: 64, height: 48, channels: 3 } })
      .resize(640, 480, { kernel: 'nearest' })
      .jpeg()
      .toBuffer();
    const answer = await renderLocally(
      await exampleRequest({ inputs: [{ mime: 'image/jpeg', data }] }),
      signal,
    );
    const { data: pixels, info } = await sharp(answer.image)
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const row = pixels.subarray(512 * info.width, 513 * info.width);
    const drawn = [...row].flatMap((value, x) => (value < 240 ? [x] : []));
    expect(((drawn.at(-1) as number) - drawn[0]) / info.width).toBeCloseTo(0.85, 1);
    expect(answer.note).toMatch(/no even background/);
  });

  test('throws a contact shadow that fades as softly as light does', async () => {
    const { at } = await packshotOf(`<rect width="640" height="640" fill="#fff"/>
      <rect x="170" y="180" width="300" height="280" fill="#2040c0"/>`);
    const below = Array.from({ length: 180 }, (_, i) => at(0.5, 0.905 + i / 2048));
    const across = Array.from({ length: 500 }, (_, i) => at(0.8 + (i * 0.19) / 500, 0.915));
    expect(Math.min(...below)).toBeLessThan(235);
    expect(Math.max(...below)).toBe(255);
    for (const line of [below, across]) {
      const steps = line.slice(1).map((value, i) => Math.abs(value - line[i]));
      expect(Math.max(...steps)).toBeLessThanOrEqual(4);
    }
  });

  test('leaves no patch of the shadow that a product throws on the wall behind it', async () => {
    const { at } = await packshotOf(`<rect width="640" height="640" fill="#cfcfcd"/>
      <rect x="300" y="170" width="140" height="310" fill="#8f8f8d" filter="url(#soft)"/>
      <rect x="230" y="150" width="150" height="340" fill="#161616"/>`);
    // The product is 0.375 of the frame wide now; the shadow reached 0.2 further to its right.
    for (const x of [0.74, 0.78, 0.82, 0.86]) expect(at(x, 0.5)).toBe(255);
    expect(at(0.5, 0.5)).toBeLessThan(40);
  });

  test('doubts its cut-out where a pale sole fades into its background at one end', async () => {
    const { note } = await packshotOf(`<linearGradient id="fade"><stop offset="0.8" stop-color="#dedede"/>
      <stop offset="1" stop-color="#f2f2f2"/></linearGradient><rect width="640" height="640" fill="#f2f2f2"/>
      <rect x="90" y="330" width="460" height="70" fill="url(#fade)"/>
      <rect x="90" y="170" width="400" height="160" fill="#1c1c20"/>`);
    expect(note).toBe(OUTLINED);
  });

  test('clears a coloured background that legs enclose, although the light on it differs', async () => {
    const { at } = await packshotOf(`<rect width="640" height="640" fill="url(#light)"/>
      <rect x="180" y="120" width="280" height="380" fill="#b9b4ae"/>
      <rect x="250" y="200" width="140" height="220" fill="#3d6478"/>`);
    for (const y of [0.35, 0.5, 0.65]) expect(at(0.5, y)).toBe(255);
    expect(Math.abs(at(0.5, 0.1) - 0xae)).toBeLessThan(10);
  });

  test('does not take a smooth grey product for a shadow of its grey background', async () => {
    const { at } = await packshotOf(`<rect width="640" height="640" fill="#dcdcdc"/>
      <rect x="170" y="170" width="300" height="300" rx="20" fill="#a8a8a8"/>
      <rect x="170" y="250" width="300" height="60" fill="#222"/>`);
    for (const [x, y] of [
      [0.2, 0.2],
      [0.5, 0.2],
      [0.5, 0.7],
      [0.8, 0.85],
    ] as const) {
      expect(Math.abs(at(x, y) - 0xa8)).toBeLessThan(10);
    }
  });

  test('says so when the cut may have lost a part of the product', async () => {
    // A white body on an unevenly lit, nearly white wall: only its dark parts can be told from the wall.
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="640"><defs>
      <radialGradient id="light" cx="0.2" cy="0.2" r="1"><stop offset="0" stop-color="#fff"/><stop offset="0.4" stop-color="#dedee2"/>
      <stop offset="1" stop-color="#c4c4ca"/></radialGradient></defs><rect width="640" height="640" fill="url(#light)"/>
      <rect x="180" y="160" width="280" height="180" fill="#eeedf0"/><rect x="160" y="340" width="320" height="120" fill="#18181c"/></svg>`;
    const data = await sharp(Buffer.from(svg)).flatten().jpeg({ quality: 90 }).toBuffer();
    const input = await exampleRequest({ inputs: [{ mime: 'image/jpeg', data }] });
    const { image, note } = await renderLocally(input, signal);
    const { data: pixels, info } = await sharp(image).raw().toBuffer({ resolveWithObject: true });
    let pale = 0;
    for (let i = 0; i < pixels.length; i += 3) if (Math.abs(pixels[i] - 0xee) < 8) pale++;
    const isWhole = pale / (info.width * info.height) > 0.1;
    expect(isWhole || note !== undefined).toBe(true);
  });

  test('uses the transparency that a photo brings along', async () => {
    const disc = Buffer.from(
      '<svg width="300" height="300"><circle cx="100" cy="120" r="60" fill="#fff8f0"/></svg>',
    );
    const data = await sharp(disc).png().toBuffer();
    const { image } = await renderLocally(
      await exampleRequest({ inputs: [{ mime: 'image/png', data }] }),
      signal,
    );
    const { data: pixels } = await sharp(image).raw().toBuffer({ resolveWithObject: true });
    const centre = (512 * 1024 + 512) * 3;
    // A pale product that no threshold would tell from white.
    expect(Math.abs(pixels[centre + 2] - 0xf0)).toBeLessThan(4);
    const edge = (512 * 1024 + 512 - 420) * 3;
    expect(pixels[edge + 2]).toBeLessThan(250);
  });

  test.each(['detail', 'lifestyle', 'scale', 'packaging', 'infographic', 'on-model'] as const)(
    'composes a secondary picture of kind %s that differs from the main one',
    async (kind) => {
      const main = await renderLocally(await exampleRequest(), signal);
      const other = await renderLocally(await exampleRequest({ kind, aspectRatio: '4:3' }), signal);
      const { width, height } = await sharp(other.image).metadata();
      expect([width, height]).toEqual([1024, 768]);
      expect(other.image.equals(main.image)).toBe(false);
    },
  );
});
