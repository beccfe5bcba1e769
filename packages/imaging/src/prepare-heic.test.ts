import { phoneHeic } from '@image-studio/testkit/photos';
import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import type { ModelInput } from './pictures.ts';
import { type PrepareLimits, preparePhoto } from './prepare-photo.ts';

const never = new AbortController().signal;

function run(data: Buffer, limits: Partial<PrepareLimits> = {}): Promise<ModelInput> {
  return preparePhoto(
    { url: 'https://cdn.example/IMG_1.HEIC', name: 'IMG_1.HEIC', stem: 'IMG_1', data },
    { maxPixels: 50e6, minSide: 1, maxSide: 2048, maxBytes: 7_000_000, keepAlpha: true, ...limits },
    never,
  );
}

async function colourAt({ data }: ModelInput, left: number, top: number): Promise<number[]> {
  return [...(await sharp(data).extract({ left, top, width: 1, height: 1 }).raw().toBuffer())];
}

async function expectColour(input: ModelInput, [x, y]: [number, number], wanted: number[]): Promise<void> {
  const found = await colourAt(input, x, y);
  const apart = wanted.map((value, n) => Math.abs(value - (found[n] ?? 999)));
  expect(Math.max(...apart)).toBeLessThan(8);
}

/** Where the size stands that the file says it has. */
function withSize(width: number, height: number): Buffer {
  const photo = phoneHeic();
  const size = photo.indexOf('ispe') + 8;
  photo.writeUInt32BE(width, size);
  photo.writeUInt32BE(height, size + 4);
  return photo;
}

describe('a HEIC from a phone', () => {
  test('becomes an upright JPEG in sRGB', async () => {
    const input = await run(phoneHeic());
    expect(input).toMatchObject({ mime: 'image/jpeg', width: 240, height: 320 });
    expect(await sharp(input.data).metadata()).toMatchObject({ format: 'jpeg', space: 'srgb', channels: 3 });
    await expectColour(input, [120, 160], [61, 162, 68]);
    await expectColour(input, [230, 10], [30, 34, 70]);
    await expectColour(input, [10, 10], [238, 238, 238]);
  });

  test('whose colours are named by number is read in Display P3, too', async () => {
    const photo = phoneHeic();
    const profile = photo.indexOf('colrprof') + 4;
    photo.write('nclx', profile);
    // Primaries of P3, transfer of sRGB, matrix of BT.601, full range.
    photo.set([0, 12, 0, 13, 0, 6, 0x80], profile + 4);
    await expectColour(await run(photo), [120, 160], [61, 162, 68]);
  });

  test('is shrunk like every photo', async () => {
    expect(await run(phoneHeic(), { maxSide: 100 })).toMatchObject({ width: 75, height: 100 });
  });
});

describe('a hostile HEIC', () => {
  test.each([0.3, 0.5, 0.7, 0.95])('that is cut off after %d of its bytes is damaged', async (share) => {
    const photo = phoneHeic();
    await expect(run(photo.subarray(0, photo.length * share))).rejects.toMatchObject({
      code: 'SOURCE_NOT_AN_IMAGE',
      verdict: 'fail',
      message: expect.stringContaining('photo is damaged or cut off: '),
    });
  });

  test('that is larger than may be decoded is refused by its header', async () => {
    await expect(run(withSize(40_000, 30_000))).rejects.toMatchObject({ code: 'SOURCE_TOO_LARGE' });
    await expect(run(withSize(7000, 7100))).rejects.toMatchObject({
      code: 'SOURCE_TOO_LARGE',
      message: 'photo is 7100×7000 px of HEIC, which takes about 895 MB to decode, limit is 450 MB',
    });
  });

  test('that is larger than its header says is not decoded beyond the limit', async () => {
    await expect(run(withSize(16, 16), { maxPixels: 1000 })).rejects.toMatchObject({
      code: 'SOURCE_NOT_AN_IMAGE',
    });
  });
});
