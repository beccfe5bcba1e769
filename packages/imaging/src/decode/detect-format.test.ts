import { productPhoto, svgDrawing } from '@image-studio/testkit/photos';
import { describe, expect, test } from '@jest/globals';
import { detectFormat } from './detect-format.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

function ftyp(major: string, ...compatible: string[]): Buffer {
  const box = latin1(`....ftyp${major}\0\0\0\0${compatible.join('')}`);
  box.writeUInt32BE(box.length);
  return Buffer.concat([box, Buffer.alloc(32)]);
}

describe('the format of a file by its first bytes', () => {
  test.each(['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif'] as const)('%s is decoded', async (format) => {
    const photo = await productPhoto({
      seed: 1,
      colour: { r: 9, g: 90, b: 9 },
      format,
      width: 32,
      height: 32,
    });
    expect(detectFormat(photo)).toEqual({ format });
  });

  test.each([
    ['AVIF by a compatible brand', ftyp('mif1', 'mif1', 'avif', 'miaf')],
    ['an AVIF sequence', ftyp('avis', 'msf1')],
  ])('%s is decoded', (_, data) => {
    expect(detectFormat(data)).toEqual({ format: 'avif' });
  });

  test.each([
    ['HEIC', ftyp('heic', 'mif1', 'heic')],
    ['HEIC by a compatible brand', ftyp('mif1', 'heic')],
  ])('%s is decoded', (_, data) => {
    expect(detectFormat(data)).toEqual({ format: 'heic' });
  });

  test.each([
    ['a video', ftyp('isom', 'mp42')],
    ['an SVG drawing', svgDrawing()],
    ['an SVG drawing', latin1('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['an SVG drawing', Buffer.from('\uFEFF\n <!-- made by hand -->\n<SVG>')],
    ['a PDF document', latin1('%PDF-1.7\n')],
    ['a Photoshop document', latin1('8BPS\0\x01')],
    ['a PostScript document', latin1('%!PS-Adobe-3.0 EPSF')],
    ['a BMP picture', latin1('BM6\0\0\0')],
    ['a JPEG XL picture', Buffer.from([0xff, 0x0a, 0, 0])],
    ['a JPEG 2000 picture', Buffer.from([0xff, 0x4f, 0xff, 0x51])],
    ['a ZIP archive', latin1('PK\x03\x04')],
  ])('%s is known and refused', (refused, data) => {
    expect(detectFormat(data)).toEqual({ refused });
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from([0xff])],
    ['text', latin1('price list')],
    ['a web page with a drawing in it', latin1('<!doctype html><html><body><svg></svg>')],
    ['a RIFF file that is sound', latin1('RIFF\0\0\0\0WAVEfmt ')],
  ])('%s is nothing known', (_, data) => {
    expect(detectFormat(data)).toBeUndefined();
  });
});
