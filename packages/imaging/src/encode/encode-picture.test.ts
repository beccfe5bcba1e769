import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { encodePicture } from './encode-picture.ts';

const picture = { data: new Uint8Array(32 * 32 * 3).fill(200), width: 32, height: 32, channels: 3 as const };

/** What stands right before the packet in a file that keeps to its format's specification. */
const CONTAINERS = {
  jpeg: ['\xff\xe1', 'http://ns.adobe.com/xap/1.0/\0<?xpacket'],
  png: ['iTXtXML:com.adobe.xmp\0\0\0\0\0<?xpacket'],
  webp: ['RIFF', 'XMP ', '<?xpacket'],
  avif: ['infe', 'mime', 'application/rdf+xml\0', 'mdat', '<?xpacket'],
};

describe('a picture that a generative model made', () => {
  test.each(Object.entries(CONTAINERS))('says so where readers of %s look', async (name, container) => {
    const format = name as keyof typeof CONTAINERS;
    const file = await encodePicture(picture, { format, quality: 85, aiGenerated: true });
    const bytes = file.toString('latin1');
    // One after the other, each where the one before begins or later.
    const places = container.map((part) => bytes.indexOf(part));
    expect(places[0]).toBeGreaterThanOrEqual(0);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(bytes).toContain('digitalsourcetype/trainedAlgorithmicMedia');
    expect((await sharp(file).metadata()).width).toBe(32);
    expect((await sharp(file).metadata()).xmpAsString).toContain('trainedAlgorithmicMedia');
  });
});
