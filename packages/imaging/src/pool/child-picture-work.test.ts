import { phoneHeic, productPhoto, repeatedScans } from '@image-studio/testkit/photos';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FinishSpec } from '../finish-spec.ts';
import { FATAL_BYTES } from '../testing/fatal-bytes.ts';
import { RUN_FROM_SOURCE } from '../testing/run-from-source.ts';
import { childPictureWork } from './child-picture-work.ts';
import { inlinePictureWork } from './inline-picture-work.ts';
import type { PictureWork } from './picture-work.ts';
import { createCpuLimiter } from './sharp-settings.ts';

const never = new AbortController().signal;
const LIMITS = { maxPixels: 50e6, minSide: 1, maxSide: 1024, maxBytes: 5e6, keepAlpha: true };
const SPEC: FinishSpec = {
  width: 400,
  height: 400,
  format: 'webp',
  quality: 85,
  fill: { min: 0.6, target: 0.85, max: 0.95 },
  role: 'main',
  aiGenerated: true,
};
const log = { warn: () => {} };
let work: PictureWork;
let photo: Buffer;

function open(limits: object = {}): PictureWork {
  return childPictureWork({
    size: 2,
    env: { PATH: process.env.PATH },
    log,
    limits,
    module: new URL('../testing/fatal-photos-child.ts', import.meta.url),
    execArgv: RUN_FROM_SOURCE,
  });
}

beforeAll(async () => {
  work = open();
  photo = await productPhoto({ seed: 1, colour: { r: 190, g: 30, b: 40 }, width: 800, height: 600 });
});
afterAll(() => work.close());

const sourceOf = (data: Buffer) => ({
  url: 'https://x.example/a.jpg',
  name: 'a.jpg',
  stem: 'a',
  data,
});
/** Decoders ignore what follows the picture. */
const fatal = () => Buffer.concat([photo, FATAL_BYTES]);

test('pictures come out as they would in this process', async () => {
  const inline = inlinePictureWork(createCpuLimiter(1));
  const prepared = await work.prepare(sourceOf(photo), LIMITS, never);
  expect(prepared).toEqual(await inline.prepare(sourceOf(photo), LIMITS, never));
  const heic = sourceOf(phoneHeic());
  expect(await work.prepare(heic, LIMITS, never)).toEqual(await inline.prepare(heic, LIMITS, never));
  const spec = { ...SPEC, photos: [prepared.data] };
  expect(await work.finish(photo, spec, never)).toEqual(await inline.finish(photo, spec, never));
  expect(await work.inspect(photo, never)).toEqual({ mime: 'image/jpeg', width: 800, height: 600 });
});

test('faults of a photo and of an answer keep their code and words', async () => {
  await expect(work.prepare(sourceOf(repeatedScans(500)), LIMITS, never)).rejects.toMatchObject({
    name: 'StageError',
    code: 'SOURCE_NOT_AN_IMAGE',
    verdict: 'fail',
  });
  await expect(work.inspect(Buffer.from('no picture'), never)).rejects.toThrow('unsupported image format');
  await expect(work.inspect(repeatedScans(500), never)).rejects.toThrow('repeats its scans');
});

test('a photo that crashes its decoder twice is no image, and its neighbours are not harmed', async () => {
  const neighbours = [1, 2, 3, 4].map(() => work.prepare(sourceOf(photo), LIMITS, never));
  await expect(work.prepare(sourceOf(fatal()), LIMITS, never)).rejects.toMatchObject({
    name: 'StageError',
    code: 'SOURCE_NOT_AN_IMAGE',
    verdict: 'fail',
    message: 'photo cannot be decoded: the process that tried to crashed (SIGSEGV), 2 times in a row',
  });
  expect(await Promise.all(neighbours)).toHaveLength(4);
});

test('a picture of the model that crashes its process is an internal fault', async () => {
  await expect(work.finish(fatal(), SPEC, never)).rejects.toMatchObject({
    code: 'INTERNAL',
    verdict: 'fail',
    message: 'the process that worked on the picture crashed (SIGABRT), 2 times in a row',
  });
});

test('a decoder that takes all the time or memory is stopped, and its photo fails with that', async () => {
  const slow = open({ cpuMs: 1 });
  const large = open({ memoryBytes: 1 });
  try {
    await expect(slow.prepare(sourceOf(repeatedScans(99)), LIMITS, never)).rejects.toMatchObject({
      code: 'SOURCE_NOT_AN_IMAGE',
      message: expect.stringMatching(
        /^photo cannot be decoded: the process that tried to took \d+ s of CPU time$/,
      ),
    });
    await expect(large.prepare(sourceOf(repeatedScans(99)), LIMITS, never)).rejects.toMatchObject({
      code: 'SOURCE_NOT_AN_IMAGE',
      message: expect.stringMatching(/took \d+ MB of memory, 2 times in a row$/),
    });
  } finally {
    await slow.close();
    await large.close();
  }
});
