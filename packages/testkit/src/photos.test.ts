import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import {
  animatedGif,
  cmykJpeg,
  distinctColour,
  type PhotoBackground,
  type PhotoFormat,
  type PhotoShape,
  pixelBomb,
  png16,
  productPhoto,
  truncatedJpeg,
} from './photos.ts';

const red = { r: 190, g: 30, b: 40 };

async function centre(photo: Buffer): Promise<number[]> {
  const { data, info } = await sharp(photo)
    .autoOrient()
    .flatten({ background: '#fff' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at = (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2)) * info.channels;
  return [...data.subarray(at, at + 3)];
}

function distance(a: number[], b: { r: number; g: number; b: number }): number {
  return Math.max(...[b.r, b.g, b.b].map((value, index) => Math.abs(value - (a[index] ?? 999))));
}

describe('seeded product photos', () => {
  test('equal options give equal bytes, another seed gives others', async () => {
    const options = { seed: 7, colour: red, background: 'wood' } as const;
    const [first, again, other] = await Promise.all([
      productPhoto(options),
      productPhoto(options),
      productPhoto({ ...options, seed: 8 }),
    ]);
    expect(first.equals(again)).toBe(true);
    expect(first.equals(other)).toBe(false);
  });

  test.each<PhotoShape>(['box', 'bottle', 'mug', 'disc'])(
    'a %s shows its own colour in the centre',
    async (shape) => {
      for (const index of [0, 1, 2, 3, 4]) {
        const colour = distinctColour(index);
        expect(
          distance(await centre(await productPhoto({ seed: index, colour, shape })), colour),
        ).toBeLessThan(25);
      }
    },
  );

  test.each<PhotoFormat>(['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif'])('is made as %s', async (format) => {
    const photo = await productPhoto({ seed: 1, colour: red, width: 320, height: 240, format });
    const found = await sharp(photo).metadata();
    expect([found.format, found.width, found.height]).toEqual([
      format === 'avif' ? 'heif' : format,
      320,
      240,
    ]);
    expect(distance(await centre(photo), red)).toBeLessThan(30);
  });

  test.each<PhotoBackground>(['studio', 'white', 'wood', 'concrete'])('stands on %s', async (background) => {
    const photo = await productPhoto({ seed: 3, colour: red, background });
    const corner = [
      ...(await sharp(photo).extract({ left: 2, top: 2, width: 1, height: 1 }).raw().toBuffer()),
    ];
    expect(distance(corner, red)).toBeGreaterThan(50);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'stored with EXIF orientation %i it is upright once turned',
    async (exifOrientation) => {
      const options = { seed: 5, colour: red, shape: 'mug', width: 120, height: 80, format: 'png' } as const;
      const upright = await sharp(await productPhoto(options))
        .raw()
        .toBuffer();
      const stored = await productPhoto({ ...options, exifOrientation });
      const { data, info } = await sharp(stored).autoOrient().raw().toBuffer({ resolveWithObject: true });
      expect([info.width, info.height]).toEqual([120, 80]);
      expect(data.equals(upright)).toBe(true);
      expect((await sharp(stored).metadata()).orientation).toBe(exifOrientation);
    },
  );

  test('with alpha the corners are transparent and the product is not', async () => {
    const photo = await productPhoto({ seed: 1, colour: red, alpha: true, format: 'png' });
    const alpha = await sharp(photo).extractChannel(3).raw().toBuffer();
    expect([alpha[0], alpha[400 * 800 + 400]]).toEqual([0, 255]);
  });

  test('forty distinct colours are pairwise apart', () => {
    const colours = Array.from({ length: 40 }, (_, index) => distinctColour(index));
    const closest = Math.min(
      ...colours.flatMap((a, i) => colours.slice(i + 1).map((b) => distance([a.r, a.g, a.b], b))),
    );
    expect(closest).toBeGreaterThan(4);
  });
});

describe('hostile and odd files', () => {
  test('the CMYK photo is CMYK, the 16-bit one has 16 bits, the animation three frames', async () => {
    expect(await sharp(await cmykJpeg(red)).metadata()).toMatchObject({ space: 'cmyk', channels: 4 });
    expect(await sharp(await png16(red)).metadata()).toMatchObject({ depth: 'ushort' });
    const gif = await animatedGif([red, distinctColour(3), distinctColour(5)]);
    expect(await sharp(gif, { pages: -1 }).metadata()).toMatchObject({ format: 'gif', pages: 3 });
  });

  test('the pixel bomb is small and claims 900 megapixels', async () => {
    const bomb = pixelBomb();
    expect(bomb.length).toBeLessThan(200);
    expect(await sharp(bomb, { limitInputPixels: false }).metadata()).toMatchObject({
      width: 30_000,
      height: 30_000,
    });
  });

  test('the truncated photo still has its header and does not decode', async () => {
    const cut = await truncatedJpeg();
    expect(await sharp(cut).metadata()).toMatchObject({ format: 'jpeg', width: 800 });
    await expect(sharp(cut, { failOn: 'error' }).raw().toBuffer()).rejects.toThrow('premature end');
  });
});
