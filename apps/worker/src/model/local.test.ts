import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { exampleRequest, IMAGE_MODEL_CONTRACT } from './image-model-contract.ts';
import { createLocalModel } from './local.ts';

const { signal } = new AbortController();

describe('the local engine keeps the contract of image models:', () => {
  test.each(IMAGE_MODEL_CONTRACT)('$name', async ({ verify }) => {
    await expect(verify({ model: createLocalModel(), requestsSent: () => 0 })).resolves.toBeUndefined();
  });
});

describe('the local engine', () => {
  test('puts the product on pure white at 85 % of the frame, centred', async () => {
    const { image, costUsd } = await createLocalModel().generate(
      await exampleRequest({ imageSize: '1K' }),
      signal,
    );
    const { data, info } = await sharp(image).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([1024, 1024]);
    const isRed = (x: number, y: number) => {
      const i = (y * info.width + x) * 3;
      return (data[i] as number) > 150 && (data[i + 1] as number) < 90;
    };
    expect([...data.subarray(0, 3)]).toEqual([255, 255, 255]);
    expect(isRed(512, 512)).toBe(true);
    const reds = Array.from({ length: 1024 }, (_, x) => x).filter((x) => isRed(x, 512));
    const left = reds[0] as number;
    const right = reds.at(-1) as number;
    expect((right - left) / 1024).toBeCloseTo(0.85, 1);
    expect(Math.abs((left + right) / 2 - 512)).toBeLessThan(10);
    expect(costUsd).toBe(0);
  });

  test('gives the same bytes for the same photo', async () => {
    const model = createLocalModel();
    const request = await exampleRequest();
    const [first, second] = await Promise.all([
      model.generate(request, signal),
      model.generate(request, signal),
    ]);
    expect(first.image.equals(second.image)).toBe(true);
  });

  test('places a photo without an even ground whole on white, uncut, and says so', async () => {
    const noise = Buffer.from(
      Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => (i * 7919 * (i % 13)) % 256),
    );
    const data = await sharp(noise, { raw: { width: 64, height: 48, channels: 3 } })
      .resize(640, 480, { kernel: 'nearest' })
      .jpeg()
      .toBuffer();
    const answer = await createLocalModel().generate(
      await exampleRequest({ inputs: [{ mime: 'image/jpeg', data }] }),
      signal,
    );
    const { data: pixels, info } = await sharp(answer.image)
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const row = pixels.subarray(512 * info.width, 513 * info.width);
    const drawn = [...row].flatMap((value, x) => (value < 240 ? [x] : []));
    expect(((drawn.at(-1) as number) - (drawn[0] as number)) / info.width).toBeCloseTo(0.85, 1);
    expect(answer.note).toMatch(/no even ground/);
  });

  test('uses the transparency that a photo brings along', async () => {
    const disc = Buffer.from(
      '<svg width="300" height="300"><circle cx="100" cy="120" r="60" fill="#fff8f0"/></svg>',
    );
    const data = await sharp(disc).png().toBuffer();
    const { image } = await createLocalModel().generate(
      await exampleRequest({ inputs: [{ mime: 'image/png', data }] }),
      signal,
    );
    const { data: pixels } = await sharp(image).raw().toBuffer({ resolveWithObject: true });
    const centre = (512 * 1024 + 512) * 3;
    // A pale product that no threshold would tell from white.
    expect(Math.abs((pixels[centre + 2] as number) - 0xf0)).toBeLessThan(4);
    const edge = (512 * 1024 + 512 - 420) * 3;
    expect(pixels[edge + 2]).toBeLessThan(250);
  });

  test.each(['detail', 'lifestyle', 'scale', 'packaging', 'infographic', 'on-model'] as const)(
    'composes a secondary picture of kind %s that differs from the main one',
    async (kind) => {
      const model = createLocalModel();
      const main = await model.generate(await exampleRequest(), signal);
      const other = await model.generate(await exampleRequest({ kind, aspectRatio: '4:3' }), signal);
      const { width, height } = await sharp(other.image).metadata();
      expect([width, height]).toEqual([1024, 768]);
      expect(other.image.equals(main.image)).toBe(false);
    },
  );
});
