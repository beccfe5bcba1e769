import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { finishImage } from './finish-image.ts';
import { preparePhoto } from './prepare-photo.ts';

const { signal } = new AbortController();
const FORMATS = ['jpeg', 'png', 'webp', 'avif'] as const;

/** Seconds of arc as EXIF holds them: a fraction of two whole numbers, in either order of bytes. */
const SECONDS = [4_711_013, 100_003] as const;
const RATIONAL_LE = Buffer.alloc(8);
RATIONAL_LE.writeUInt32LE(SECONDS[0], 0);
RATIONAL_LE.writeUInt32LE(SECONDS[1], 4);
const RATIONAL_BE = Buffer.alloc(8);
RATIONAL_BE.writeUInt32BE(SECONDS[0], 0);
RATIONAL_BE.writeUInt32BE(SECONDS[1], 4);
const XMP = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="51,30.4711013N" exif:GPSLongitude="0,7.1234567W"/></rdf:RDF></x:xmpmeta>`;
const TRACES: Record<string, string | Buffer> = {
  'a GPS name': 'GPS',
  'the latitude in XMP': '30.4711013N',
  'an EXIF block': 'Exif\0\0',
  'the seconds, little endian': RATIONAL_LE,
  'the seconds, big endian': RATIONAL_BE,
  'the photographer': 'Ada of Hidden Valley',
};
const tracesIn = (bytes: Buffer): string[] =>
  Object.keys(TRACES).filter((name) => bytes.includes(TRACES[name] as string | Buffer));

function photo(format: (typeof FORMATS)[number]): Promise<Buffer> {
  const product = { create: { width: 90, height: 120, channels: 3 as const, background: '#14234f' } };
  return sharp({ create: { width: 240, height: 240, channels: 3, background: '#f4f4f4' } })
    .composite([{ input: product, left: 75, top: 60 }])
    .withExif({
      IFD0: { Artist: 'Ada of Hidden Valley' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: `51/1 30/1 ${SECONDS.join('/')}` },
    })
    .withXmp(XMP)
    .toFormat(format)
    .toBuffer();
}

describe('where a photo was taken', () => {
  test.each(FORMATS)('is in no byte of any file made from a %s', async (format) => {
    const source = await photo(format);
    // What would be found if it were there.
    const traces = tracesIn(source);
    expect(traces).toContain('the photographer');
    expect(traces.filter((name) => name.startsWith('the seconds'))).toHaveLength(1);
    // sharp writes no XMP into PNG.
    if (format !== 'png')
      expect(traces).toEqual(expect.arrayContaining(['a GPS name', 'the latitude in XMP']));

    const input = await preparePhoto(
      { url: 'http://a/b', name: 'b', stem: 'b', data: source },
      { maxPixels: 5e7, minSide: 1, maxSide: 2048, maxBytes: 2e7, keepAlpha: true },
      signal,
    );
    expect(tracesIn(input.data)).toEqual([]);
    for (const output of FORMATS) {
      // The photo itself as the model's answer: an echo brings its metadata along.
      for (const role of output === format ? (['main', 'secondary'] as const) : (['main'] as const)) {
        const spec = { width: 160, height: 160, format: output, quality: 85, role, photos: [source] };
        const fill = { min: 0.8, target: 0.85, max: 0.95 };
        const made = await finishImage(source, { ...spec, fill, aiGenerated: true }, signal);
        expect([output, role, tracesIn(made.data), tracesIn(made.thumb ?? made.data)]).toEqual([
          output,
          role,
          [],
          [],
        ]);
      }
    }
  });
});
