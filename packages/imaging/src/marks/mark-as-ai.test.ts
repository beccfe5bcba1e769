import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { encodePicture } from '../encode/encode-picture.ts';
import { readPhoto } from '../testing/read-photo.ts';
import { holdsAiMark } from './ai-mark.ts';
import { markAsAi } from './mark-as-ai.ts';
import { pngXmp } from './png-xmp.ts';

const photo = sharp(readPhoto('running-shoe_1.jpg')).resize(301, 203, { fit: 'cover' });
const rgb = () => photo.clone().removeAlpha().toColourspace('srgb');
const pixelsOf = (file: Buffer) => sharp(file).raw().toBuffer();

async function expectMarked(plain: Buffer): Promise<Buffer> {
  const marked = markAsAi(plain);
  if (marked === null) throw new Error('it says that the file has the mark');
  expect((await pixelsOf(marked)).equals(await pixelsOf(plain))).toBe(true);
  expect((await sharp(marked).metadata()).xmpAsString).toContain('trainedAlgorithmicMedia');
  expect(markAsAi(marked)).toBeNull();
  return marked;
}

describe('the mark of a generative model', () => {
  test.each(['jpeg', 'png', 'webp', 'avif'] as const)(
    'goes into a finished %s, whose pixels stay, and is found there again',
    async (format) => {
      const { data, info } = await rgb().raw().toBuffer({ resolveWithObject: true });
      const raster = { data, width: info.width, height: info.height, channels: 3 as const };
      await expectMarked(await encodePicture(raster, { format, quality: 85, aiGenerated: false }));
      const made = await encodePicture(raster, { format, quality: 85, aiGenerated: true });
      expect(markAsAi(made)).toBeNull();
    },
  );

  test.each([
    ['a WebP without loss', () => rgb().webp({ lossless: true })],
    ['a WebP with transparency', () => photo.clone().ensureAlpha(0.5).webp()],
    ['a lossless WebP with transparency', () => photo.clone().ensureAlpha(0.5).webp({ lossless: true })],
    ['an AVIF with transparency', () => photo.clone().ensureAlpha(0.5).avif({ effort: 0 })],
    ['a JPEG with Exif and a colour profile', () => rgb().withMetadata({ orientation: 1 }).jpeg()],
    ['a progressive JPEG', () => rgb().jpeg({ progressive: true })],
  ])('goes into %s', async (_, make) => {
    await expectMarked(await make().toBuffer());
  });

  test.each([
    ['JPEG', () => rgb().withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>').jpeg()],
    ['PNG', () => rgb().withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>').png()],
    ['WebP', () => rgb().withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>').webp()],
    ['AVIF', () => rgb().withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>').avif({ effort: 0 })],
  ])('takes the place of another packet in a %s', async (_, make) => {
    const marked = await expectMarked(await make().toBuffer());
    expect((await sharp(marked).metadata()).xmpAsString?.match(/<x:xmpmeta/g)).toHaveLength(1);
  });

  test('stands in a PNG where readers that keep to the specification look for it', async () => {
    const packed = await rgb().withXmp('<x>trainedAlgorithmicMedia</x>').png().toBuffer();
    const marked = await expectMarked(packed);
    expect(holdsAiMark(pngXmp(marked))).toBe(true);
  });

  test.each([
    ['a text', Buffer.from('no picture at all, whoever looks at it')],
    ['a JPEG that is cut off', Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex')],
    ['a PNG that is cut off', Buffer.from('89504e470d0a1a0a0000000d49484452000001', 'hex')],
    ['nothing', Buffer.alloc(0)],
  ])('is refused by %s', (_, bytes) => {
    expect(() => markAsAi(bytes)).toThrow(/damaged|no JPEG|too short/);
  });
});
