import { createHash } from 'node:crypto';
import {
  animatedGif,
  type Colour,
  cmykJpeg,
  distinctColour,
  emptyFile,
  notAnImage,
  type PhotoFormat,
  pixelBomb,
  png16,
  productPhoto,
  repeatedScans,
  svgDrawing,
} from '@image-studio/testkit/photos';
import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import type { ModelInput } from './pictures.ts';
import { type PrepareLimits, preparePhoto } from './prepare-photo.ts';

const never = new AbortController().signal;
const red = { r: 190, g: 30, b: 40 };
const FORMATS: PhotoFormat[] = ['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif'];

function run(data: Buffer, limits: Partial<PrepareLimits> = {}, signal = never): Promise<ModelInput> {
  return preparePhoto(
    { url: 'https://cdn.example/a.jpg', name: 'a.jpg', stem: 'a', data },
    { maxPixels: 50e6, minSide: 1, maxSide: 2048, maxBytes: 7_000_000, keepAlpha: true, ...limits },
    signal,
  );
}

/** Where the last 255 of the pixels stands: it is followed by a 0, as none that begins a marker is. */
const stuffedByte = (photo: Buffer) => photo.lastIndexOf(Buffer.from([0xff, 0x00]));

async function colourAt(input: ModelInput, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(input.data).raw().toBuffer({ resolveWithObject: true });
  const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels;
  return [...data.subarray(at, at + info.channels)];
}

function expectColour(found: number[], wanted: Colour, within = 15): void {
  const apart = [wanted.r, wanted.g, wanted.b].map((value, index) => Math.abs(value - (found[index] ?? 999)));
  expect(Math.max(...apart)).toBeLessThan(within);
}

describe('a photo that can be used', () => {
  test.each(FORMATS)('%s becomes a JPEG of the same picture', async (format) => {
    const input = await run(await productPhoto({ seed: 1, colour: red, format, width: 640, height: 480 }));
    expect(input).toMatchObject({
      mime: 'image/jpeg',
      width: 640,
      height: 480,
      source: { name: 'a.jpg', stem: 'a' },
    });
    expect(input.sha256).toBe(createHash('sha256').update(input.data).digest('hex'));
    expect(await sharp(input.data).metadata()).toMatchObject({ format: 'jpeg', space: 'srgb', channels: 3 });
    expectColour(await colourAt(input, 0.5, 0.5), red, 25);
  });

  test('equal photos give equal bytes', async () => {
    const photo = await productPhoto({ seed: 1, colour: red });
    const [first, second] = await Promise.all([run(photo), run(Buffer.from(photo))]);
    expect(first.sha256).toBe(second.sha256);
  });

  test('at most 2048 px on its longer side, and never enlarged', async () => {
    const wide = await run(await productPhoto({ seed: 1, colour: red, width: 3000, height: 1000 }));
    expect([wide.width, wide.height]).toEqual([2048, 683]);
    const small = await run(await productPhoto({ seed: 1, colour: red, width: 60, height: 90 }));
    expect([small.width, small.height]).toEqual([60, 90]);
  });

  test('a JPEG that halves, or quarters, to nearly that size is decoded to that', async () => {
    const sizeOf = async (width: number, height: number, format: PhotoFormat = 'jpeg') => {
      const input = await run(await productPhoto({ seed: 1, colour: red, width, height, format }), {
        maxSide: 256,
      });
      return [input.width, input.height];
    };
    expect(await sizeOf(500, 300)).toEqual([250, 150]);
    expect(await sizeOf(300, 501)).toEqual([150, 250]);
    expect(await sizeOf(1000, 400)).toEqual([250, 100]);
    expect(await sizeOf(480, 300)).toEqual([240, 150]);
    // More than a tenth of the side would be lost.
    expect(await sizeOf(440, 220)).toEqual([256, 128]);
    expect(await sizeOf(500, 300, 'png')).toEqual([256, 154]);
  });

  test.each([
    ['baseline', false],
    ['progressive', true],
  ])('a %s JPEG that lacks only its end marker is the whole picture', async (_, progressive) => {
    const photo = await sharp(await productPhoto({ seed: 1, colour: red, width: 640, height: 480 }))
      .jpeg({ progressive })
      .toBuffer();
    const [whole, ...cut] = await Promise.all([
      run(photo),
      run(photo.subarray(0, -2)),
      run(photo.subarray(0, -1)),
    ]);
    expect(cut.map(({ sha256 }) => sha256)).toEqual([whole.sha256, whole.sha256]);
  });

  test.each([
    ['half of its bytes', (photo: Buffer) => photo.length / 2],
    ['the last few', (photo: Buffer) => photo.length - 8],
    ['what follows the first half of a stuffed byte', (photo: Buffer) => stuffedByte(photo) + 1],
  ])('a JPEG that lacks %s is refused, also among many of its kind', async (_, endOf) => {
    const photo = await productPhoto({ seed: 1, colour: red, width: 640, height: 480 });
    const cut = photo.subarray(0, endOf(photo));
    const codes = await Promise.all(
      Array.from({ length: 32 }, () =>
        run(cut).then(
          () => 'taken',
          (error) => error.code,
        ),
      ),
    );
    expect(new Set(codes)).toEqual(new Set(['SOURCE_NOT_AN_IMAGE']));
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i is turned upright', async (exifOrientation) => {
    const upright = await productPhoto({
      seed: 2,
      colour: red,
      shape: 'mug',
      width: 320,
      height: 200,
      format: 'png',
    });
    const stored = await productPhoto({
      seed: 2,
      colour: red,
      shape: 'mug',
      width: 320,
      height: 200,
      format: 'png',
      exifOrientation,
    });
    const [expected, found] = await Promise.all([run(upright), run(stored)]);
    expect(found.sha256).toBe(expected.sha256);
  });

  test('EXIF, GPS, XMP and ICC are gone', async () => {
    const tagged = await sharp(await productPhoto({ seed: 1, colour: red }))
      .withIccProfile('p3')
      .withExifMerge({ IFD0: { Copyright: 'secret' }, IFD3: { GPSLatitudeRef: 'N' } })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>')
      .jpeg()
      .toBuffer();
    const { exif, icc, xmp, iptc } = await sharp((await run(tagged)).data).metadata();
    expect([exif, icc, xmp, iptc]).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('CMYK, 16 bits, grey and wide-gamut photos become 8-bit sRGB of the same colour', async () => {
    expectColour(await colourAt(await run(await cmykJpeg(red)), 0.5, 0.5), red);
    expectColour(await colourAt(await run(await png16(red)), 0.5, 0.5), red);
    const p3 = await sharp({ create: { width: 64, height: 64, channels: 3, background: red } })
      .withIccProfile('p3')
      .jpeg()
      .toBuffer();
    expectColour(await colourAt(await run(p3), 0.5, 0.5), red);
    const grey = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#777' } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    expectColour(await colourAt(await run(grey), 0.5, 0.5), { r: 0x77, g: 0x77, b: 0x77 });
  });

  test('the first frame of an animation is used', async () => {
    const input = await run(await animatedGif([red, distinctColour(3), distinctColour(5)]));
    expect([input.width, input.height]).toEqual([120, 120]);
    expectColour(await colourAt(input, 0.5, 0.5), red);
  });
});

describe('a photo with transparency', () => {
  test.each<PhotoFormat>(['png', 'webp', 'avif', 'tiff', 'gif'])(
    '%s keeps its cut-out, with white beneath it',
    async (format) => {
      const photo = await productPhoto({
        seed: 1,
        colour: red,
        alpha: true,
        format,
        width: 400,
        height: 300,
      });
      const input = await run(photo);
      expect(input).toMatchObject({ mime: 'image/webp', width: 400, height: 300 });
      expect(await colourAt(input, 0.02, 0.02)).toEqual([255, 255, 255, 0]);
      const centre = await colourAt(input, 0.5, 0.5);
      expect(centre[3]).toBe(255);
      expectColour(centre, red, 30);
    },
  );

  test.each<PhotoFormat>(['png', 'webp', 'avif'])(
    '%s stands on white for a model that makes nothing of transparency',
    async (format) => {
      // Half transparent black is how shadows are stored: seen without its alpha it is a black blot.
      const photo = await sharp({
        create: { width: 900, height: 600, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0.5 } },
      })
        .extend({ left: 300, background: { r: 0, g: 0, b: 0, alpha: 0 } })
        .toFormat(format)
        .toBuffer();
      const input = await run(photo, { keepAlpha: false });
      expect(input.mime).toBe('image/jpeg');
      expectColour(await colourAt(input, 0.05, 0.5), { r: 255, g: 255, b: 255 }, 4);
      expectColour(await colourAt(input, 0.75, 0.5), { r: 127, g: 127, b: 127 }, 6);
    },
  );

  test('stands on white also when it has to become smaller', async () => {
    const photo = await productPhoto({ seed: 1, colour: red, alpha: true, format: 'png' });
    const { data } = await run(photo, { keepAlpha: false });
    const input = await run(photo, { keepAlpha: false, maxBytes: Math.floor(data.length * 0.9) });
    expect(input.data.length).toBeLessThanOrEqual(data.length * 0.9);
    expectColour(await colourAt(input, 0.02, 0.02), { r: 255, g: 255, b: 255 }, 4);
    expectColour(await colourAt(input, 0.5, 0.5), red, 30);
  });

  test('an alpha channel that says nothing is dropped', async () => {
    const opaque = await sharp(await productPhoto({ seed: 1, colour: red }))
      .ensureAlpha()
      .png()
      .toBuffer();
    expect((await sharp(opaque).metadata()).hasAlpha).toBe(true);
    expect(await run(opaque)).toMatchObject({ mime: 'image/jpeg' });
  });
});

describe('a file that is no usable photo', () => {
  test.each(FORMATS)('%s cut off anywhere is no image', async (format) => {
    const whole = await productPhoto({ seed: 1, colour: red, format, width: 640, height: 480 });
    for (const share of [0.95, 0.5, 0.05]) {
      await expect(run(whole.subarray(0, Math.floor(whole.length * share)))).rejects.toMatchObject({
        code: 'SOURCE_NOT_AN_IMAGE',
        verdict: 'fail',
        message: expect.stringContaining('damaged or cut off'),
      });
    }
  });

  test.each([
    ['an empty file', emptyFile(), 'photo is empty (0 bytes)'],
    ['text', notAnImage(), 'begin like no known format'],
    ['a login page', Buffer.from(' <!DOCTYPE html><html><form>Please log in'), 'are a web page'],
    ['an error in JSON', Buffer.from('{"error":"expired"}'), 'are JSON'],
    ['an error in XML', Buffer.from('<?xml version="1.0"?><Error><Code>AccessDenied'), 'are markup text'],
  ])('%s is no image', async (_, data, words) => {
    await expect(run(data)).rejects.toMatchObject({
      code: 'SOURCE_NOT_AN_IMAGE',
      verdict: 'fail',
      message: expect.stringContaining(words),
    });
  });

  test.each([
    ['SVG', svgDrawing(), 'photo is an SVG drawing; JPEG, PNG,'],
    ['PDF', Buffer.from('%PDF-1.7\n%âãÏÓ'), 'photo is a PDF document'],
    ['a video', Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42'), 'photo is a video'],
  ])('%s is a format outside the allow-list', async (_, data, words) => {
    await expect(run(data)).rejects.toMatchObject({
      code: 'SOURCE_UNSUPPORTED',
      verdict: 'fail',
      message: expect.stringContaining(words),
    });
  });

  test.each([
    [1, 1],
    [10, 10],
    [2000, 99],
    [99, 100],
  ])('one of %i×%i px shows no product', async (width, height) => {
    const photo = await sharp({ create: { width, height, channels: 3, background: red } })
      .png()
      .toBuffer();
    await expect(run(photo, { minSide: 100 })).rejects.toMatchObject({
      code: 'SOURCE_TOO_SMALL',
      verdict: 'fail',
      message: `photo is ${width}×${height} px, which shows no product; its shorter side has to be 100 px at least`,
    });
  });

  test('a hundred pixels are enough', async () => {
    const photo = await productPhoto({ seed: 1, colour: red, width: 100, height: 100 });
    expect(await run(photo, { minSide: 100 })).toMatchObject({ width: 100, height: 100 });
  });

  test('a pixel bomb is refused by its header', async () => {
    await expect(run(pixelBomb())).rejects.toMatchObject({
      code: 'SOURCE_TOO_LARGE',
      verdict: 'fail',
      message: 'photo is 30000×30000 px = 900 megapixels, limit is 50 megapixels',
    });
  });

  test.each([
    [1, 50_000_000],
    [50_000_000, 1],
    [700, 65_536],
  ])('a strip of %i × %i px is refused by its header', async (width, height) => {
    await expect(run(pixelBomb(width, height))).rejects.toMatchObject({
      code: 'SOURCE_TOO_LARGE',
      verdict: 'fail',
      message: `photo is ${width}×${height} px, limit is 65535 px a side`,
    });
  });

  test('an AVIF that takes more memory than its pixels say is refused by its header', async () => {
    const photo = await productPhoto({ seed: 1, colour: red, format: 'avif', width: 320, height: 240 });
    const size = photo.indexOf('ispe') + 8;
    photo.writeUInt32BE(7000, size);
    photo.writeUInt32BE(7100, size + 4);
    await expect(run(photo)).rejects.toMatchObject({
      code: 'SOURCE_TOO_LARGE',
      message: 'photo is 7000×7100 px of AVIF, which takes about 895 MB to decode, limit is 450 MB',
    });
  });

  test('a TIFF may not have hundreds of channels', async () => {
    const photo = await sharp(Buffer.alloc(1000 * 1000 * 3), {
      raw: { width: 1000, height: 1000, channels: 3 },
    })
      .tiff({ compression: 'none' })
      .toBuffer();
    expect(await run(photo)).toMatchObject({ width: 1000 });
    // SamplesPerPixel, tag 277, a short in the file's byte order.
    const tag = photo.indexOf(Buffer.from([0x15, 0x01, 0x03, 0x00]));
    photo.writeUInt16LE(600, tag + 8);
    await expect(run(photo)).rejects.toMatchObject({ verdict: 'fail' });
  });

  test('a JPEG that repeats a scan 25,000 times is refused before it is decoded', async () => {
    await expect(run(repeatedScans(25_000))).rejects.toMatchObject({
      code: 'SOURCE_NOT_AN_IMAGE',
      verdict: 'fail',
      message: 'photo repeats its scans: it has more than 100, photos have 1 to 24',
    });
    expect(await run(repeatedScans(99))).toMatchObject({ width: 2048 });
  });

  test('the pixel limit is a limit, not a suggestion', async () => {
    const photo = await productPhoto({ seed: 1, colour: red, width: 400, height: 300 });
    expect(await run(photo, { maxPixels: 120_000 })).toMatchObject({ width: 400 });
    await expect(run(photo, { maxPixels: 119_999 })).rejects.toMatchObject({ code: 'SOURCE_TOO_LARGE' });
  });
});

describe('limits of the model', () => {
  test('a photo is made to fit the bytes, in quality first and then in pixels', async () => {
    const photo = await productPhoto({ seed: 3, colour: red, background: 'wood', width: 1600, height: 1600 });
    const free = await run(photo);
    const tight = await run(photo, { maxBytes: Math.floor(free.data.length * 0.8) });
    expect(tight.data.length).toBeLessThanOrEqual(free.data.length * 0.8);
    expect(tight.width).toBe(1600);
    const tiny = await run(photo, { maxBytes: Math.floor(free.data.length * 0.1) });
    expect(tiny.data.length).toBeLessThanOrEqual(free.data.length * 0.1);
    expect(tiny.width).toBeLessThan(1600);
  });

  test('an impossible limit is said to be one', async () => {
    const photo = await productPhoto({ seed: 3, colour: red });
    await expect(run(photo, { maxBytes: 100 })).rejects.toMatchObject({
      code: 'ENCODE_CANNOT_FIT',
      verdict: 'fail',
      message: expect.stringContaining('limit is 100 bytes'),
    });
  });

  test('a signal that already fired decodes nothing and is the error', async () => {
    const reason = new Error('cancelled');
    await expect(run(Buffer.from('anything'), {}, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
