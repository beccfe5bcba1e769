import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { decodePicture } from '../decode/decode-picture.ts';
import { segmentWhiteBackground } from '../segment/background/segment-background.ts';
import { segmentProduct } from '../segment/passes.ts';
import type { Segmentation } from '../segment/segmentation.ts';
import { findAdditions } from './check-additions.ts';

/** What finishing knows of a drawing on white. */
async function onWhite(drawing: string, side = 800): Promise<Segmentation> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="800"><rect width="800" height="800" fill="#fff"/>${drawing}</svg>`;
  const jpeg = await sharp(Buffer.from(svg)).resize(side).jpeg({ quality: 90 }).toBuffer();
  return segmentProduct(segmentWhiteBackground(await decodePicture(jpeg, 800)), { shadow: 'keep' });
}

const PRODUCT = '<rect x="200" y="220" width="400" height="300" rx="30" fill="#2b5f8a"/>';
/** Blocks as wide and high as capitals, so that no font has to be there. */
const row = (count: number, fill = '#b00'): string =>
  Array.from({ length: count }, (_, i) => {
    const x = 180 + i * 44;
    return `<rect x="${x}" y="640" width="30" height="${i % 2 === 0 ? 36 : 34}" fill="${fill}"/>`;
  }).join('');

const verdict = async (drawing: string, photo: Segmentation | null = null): Promise<string> => {
  const { measured, pass } = findAdditions(await onWhite(drawing), () => photo);
  expect(pass).toBe(measured === 'none');
  return String(measured);
};

describe('what a model added beside the product', () => {
  test('is nothing where the product stands alone', async () => {
    expect(await verdict(PRODUCT)).toBe('none');
  });

  test.each([4, 14, 30])('is a frame when a line of %i pixels runs around it', async (line) => {
    const frame = `<rect x="60" y="60" width="680" height="680" fill="none" stroke="#333" stroke-width="${line}"/>`;
    expect(await verdict(PRODUCT + frame)).toBe('a frame around the product');
  });

  test('is a line of text, whatever its colour', async () => {
    expect(await verdict(PRODUCT + row(9))).toBe('a line of text beside the product');
    expect(await verdict(PRODUCT + row(9, '#8a8a8a'))).toBe('a line of text beside the product');
  });

  test('is nothing where the photo shows the same row of small parts', async () => {
    expect(await verdict(PRODUCT + row(9), await onWhite(PRODUCT + row(9), 250))).toBe('none');
  });

  test('is nothing where a few small parts, or many on a curve, belong to the product', async () => {
    expect(await verdict(PRODUCT + row(4))).toBe('none');
    const beads = Array.from({ length: 24 }, (_, i) => {
      const [x, y] = [400 + 300 * Math.cos((i * Math.PI) / 12), 400 + 300 * Math.sin((i * Math.PI) / 12)];
      return `<circle cx="${x}" cy="${y}" r="17" fill="#444"/>`;
    }).join('');
    expect(await verdict(beads)).toBe('none');
  });

  test('is nothing where a thousand specks are a pattern', async () => {
    const specks = Array.from({ length: 33 * 33 }, (_, i) => {
      const [x, y] = [60 + (i % 33) * 20, 60 + Math.floor(i / 33) * 20];
      return `<rect x="${x}" y="${y}" width="13" height="14" fill="#444"/>`;
    }).join('');
    expect(await verdict(specks)).toBe('none');
  });

  test('is nothing where a ring or an empty picture frame is the product itself', async () => {
    expect(
      await verdict('<circle cx="400" cy="400" r="280" fill="none" stroke="#c9a227" stroke-width="26"/>'),
    ).toBe('none');
    expect(
      await verdict(
        '<rect x="100" y="100" width="600" height="600" fill="none" stroke="#5a3a1e" stroke-width="40"/>',
      ),
    ).toBe('none');
  });
});
