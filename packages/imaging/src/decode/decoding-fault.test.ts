import { productPhoto, repeatedScans } from '@image-studio/testkit/photos';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { countScans } from './decoding-fault.ts';

const colour = { r: 190, g: 30, b: 40 };

test('a baseline JPEG has one scan, a progressive one ten', async () => {
  const photo = await productPhoto({ seed: 1, colour });
  expect(countScans(photo, 100)).toBe(1);
  expect(countScans(await sharp(photo).jpeg({ progressive: true }).toBuffer(), 100)).toBe(10);
});

test('repeated scans are counted as far as needed', () => {
  expect(countScans(repeatedScans(40), 100)).toBe(41);
  expect(countScans(repeatedScans(5000), 100)).toBe(100);
});

test('what looks like scans in metadata is none', async () => {
  const photo = await productPhoto({ seed: 1, colour });
  const comment = Buffer.alloc(60_002, Buffer.from([0xff, 0xda]));
  comment.writeUInt16BE(comment.length);
  const marked = Buffer.concat([photo.subarray(0, 2), Buffer.from([0xff, 0xfe]), comment, photo.subarray(2)]);
  expect((await sharp(marked).metadata()).width).toBeGreaterThan(0);
  expect(countScans(marked, 100)).toBe(1);
});

test('a file that ends anywhere is counted to its end', () => {
  const file = repeatedScans(200);
  for (let end = 24_690; end < 24_760; end += 1) {
    expect(countScans(file.subarray(0, end), 1)).toBeLessThanOrEqual(1);
  }
  expect(countScans(Buffer.alloc(1000, 0xff), 100)).toBe(0);
});
