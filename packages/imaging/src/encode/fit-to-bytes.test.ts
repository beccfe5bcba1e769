import { StageError } from '@image-studio/contract';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { configureSharp } from '../pool/sharp-settings.ts';
import type { Raster } from '../raster/raster.ts';
import { type Encode, type FitSpec, fitToBytes } from './fit-to-bytes.ts';

const WIDTH = 900;
const HEIGHT = 600;
let picture: Raster;

beforeAll(async () => {
  // As in the processes that pictures are made in: the bytes of an AVIF depend on the number of its encoder's threads.
  configureSharp();
  const photo = await productPhoto({
    seed: 4,
    colour: distinctColour(4),
    background: 'wood',
    width: WIDTH,
    height: HEIGHT,
  });
  picture = { data: await sharp(photo).raw().toBuffer(), width: WIDTH, height: HEIGHT, channels: 3 };
});

function from({ data, width, height, channels }: Raster) {
  return sharp(data, { raw: { width, height, channels } });
}

const encoders: Record<FitSpec['format'], Encode> = {
  jpeg: (raster, quality) => from(raster).jpeg({ quality }).toBuffer(),
  webp: (raster, quality) => from(raster).webp({ quality, effort: 2 }).toBuffer(),
  avif: (raster, quality) => from(raster).avif({ quality, effort: 0 }).toBuffer(),
  png: (raster) => from(raster).png().toBuffer(),
};

/** Counts encodes and remembers their qualities. */
function watched(encode: Encode): Encode & { qualities: number[] } {
  const qualities: number[] = [];
  const watching: Encode = (raster, quality) => {
    qualities.push(quality);
    return encode(raster, quality);
  };
  return Object.assign(watching, { qualities });
}

async function bytesAt(format: FitSpec['format'], quality: number): Promise<number> {
  return (await encoders[format](picture, quality)).length;
}

describe('fitting a picture into a byte limit', () => {
  test('one encode is enough when it fits as asked', async () => {
    const encode = watched(encoders.jpeg);
    const fitted = await fitToBytes(
      picture,
      { format: 'jpeg', quality: 90, maxBytes: 5e6, allowShrink: true },
      encode,
    );
    expect(fitted).toMatchObject({ width: WIDTH, height: HEIGHT, quality: 90, encodes: 1 });
    expect(encode.qualities).toEqual([90]);
  });

  test('a limit met to the byte fits', async () => {
    const maxBytes = await bytesAt('jpeg', 90);
    const spec = { format: 'jpeg', quality: 90, maxBytes, allowShrink: false } as const;
    expect((await fitToBytes(picture, spec, encoders.jpeg)).data).toHaveLength(maxBytes);
  });

  test.each(['jpeg', 'webp', 'avif'] as const)('%s loses quality before it loses pixels', async (format) => {
    const maxBytes = Math.floor((await bytesAt(format, 90)) * 0.8);
    const fitted = await fitToBytes(
      picture,
      { format, quality: 90, maxBytes, allowShrink: true },
      encoders[format],
    );
    expect(fitted.data.length).toBeLessThanOrEqual(maxBytes);
    expect(fitted).toMatchObject({ width: WIDTH, height: HEIGHT });
    expect(fitted.quality).toBeLessThan(90);
    expect(fitted.quality).toBeGreaterThanOrEqual(format === 'avif' ? 40 : 75);
  });

  for (const format of ['jpeg', 'webp', 'avif', 'png'] as const) {
    test.each([0.7, 0.45, 0.25, 0.12, 0.05])(
      `${format} fits into %f of its bytes within three encodes, in its proportions`,
      async (share) => {
        const quality = 85;
        const maxBytes = Math.floor((await bytesAt(format, quality)) * share);
        const fitted = await fitToBytes(
          picture,
          { format, quality, maxBytes, allowShrink: true },
          encoders[format],
        );
        expect(fitted.data.length).toBeLessThanOrEqual(maxBytes);
        expect(fitted.data.length).toBeGreaterThan(maxBytes * 0.3);
        expect(fitted.encodes).toBeLessThanOrEqual(3);
        const found = await sharp(fitted.data).metadata();
        expect([found.width, found.height]).toEqual([fitted.width, fitted.height]);
        expect(fitted.width / fitted.height).toBeCloseTo(WIDTH / HEIGHT, 1);
      },
    );
  }

  test('all pixels at a low quality go before fewer at a high one, and the limit is used', async () => {
    // At 75 it takes a good half of the bytes of 85, and fewer pixels at 75 look far worse than all of them at 40.
    const spec = { format: 'webp', quality: 85, allowShrink: true } as const;
    for (const share of [0.7, 0.5]) {
      const maxBytes = Math.floor((await bytesAt('webp', 85)) * share);
      const fitted = await fitToBytes(picture, { ...spec, maxBytes }, encoders.webp);
      expect(fitted).toMatchObject({ width: WIDTH, height: HEIGHT });
      expect(fitted.data.length / maxBytes).toBeGreaterThan(0.65);
    }
  });

  test('of exact pixels no more quality is given up than the limit asks', async () => {
    const maxBytes = Math.floor((await bytesAt('jpeg', 83)) * 1.01);
    const spec = { format: 'jpeg', quality: 95, maxBytes, minQuality: 50, allowShrink: false } as const;
    const fitted = await fitToBytes(picture, spec, encoders.jpeg);
    expect(fitted.data.length / maxBytes).toBeGreaterThan(0.25);
    expect(fitted.encodes).toBeLessThanOrEqual(3);
  });

  test('with exact pixels whatever fits at the lowest quality is found', async () => {
    for (const format of ['jpeg', 'webp', 'avif'] as const) {
      const lowest = format === 'avif' ? 40 : 75;
      const maxBytes = await bytesAt(format, lowest);
      const fitted = await fitToBytes(
        picture,
        { format, quality: 95, maxBytes, allowShrink: false },
        encoders[format],
      );
      expect(fitted).toMatchObject({ width: WIDTH, height: HEIGHT, quality: lowest });
    }
  });

  test.each(['jpeg', 'webp', 'png'] as const)(
    '%s with exact pixels that cannot fit says by how much',
    async (format) => {
      const maxBytes = Math.floor((await bytesAt(format, 75)) * 0.5);
      const encode = watched(encoders[format]);
      const error = await fitToBytes(
        picture,
        { format, quality: 90, maxBytes, allowShrink: false },
        encode,
      ).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StageError);
      expect(error).toMatchObject({
        code: 'ENCODE_CANNOT_FIT',
        verdict: 'fail',
        message: expect.stringMatching(
          new RegExp(`^${format} of 900×600 px is \\d+ bytes .* limit is ${maxBytes} bytes$`),
        ),
      });
      expect(encode.qualities.length).toBeLessThanOrEqual(3);
    },
  );

  test('an impossible limit ends after three encodes even when pixels may go', async () => {
    const encode = watched(encoders.png);
    const spec = { format: 'png', quality: 90, maxBytes: 40, allowShrink: true } as const;
    await expect(fitToBytes(picture, spec, encode)).rejects.toMatchObject({ code: 'ENCODE_CANNOT_FIT' });
    expect(encode.qualities).toHaveLength(3);
  });

  test('a quality below the lowest allowed is kept', async () => {
    const maxBytes = Math.floor((await bytesAt('jpeg', 60)) * 0.6);
    const spec = { format: 'jpeg', quality: 60, maxBytes, allowShrink: true } as const;
    expect(await fitToBytes(picture, spec, encoders.jpeg)).toMatchObject({ quality: 60 });
  });

  test('equal pictures give equal bytes', async () => {
    const maxBytes = Math.floor((await bytesAt('webp', 85)) * 0.3);
    const spec = { format: 'webp', quality: 85, maxBytes, allowShrink: true } as const;
    const [first, second] = await Promise.all([
      fitToBytes(picture, spec, encoders.webp),
      fitToBytes(picture, spec, encoders.webp),
    ]);
    expect(first.data.equals(second.data)).toBe(true);
  });

  test('a signal ends it before the next encode', async () => {
    const stop = new AbortController();
    const encode = watched((raster, quality) => {
      stop.abort(new Error('cancelled'));
      return encoders.jpeg(raster, quality);
    });
    const spec: FitSpec = {
      format: 'jpeg',
      quality: 90,
      maxBytes: 5000,
      allowShrink: true,
      signal: stop.signal,
    };
    await expect(fitToBytes(picture, spec, encode)).rejects.toThrow('cancelled');
    expect(encode.qualities).toEqual([90]);
  });
});
