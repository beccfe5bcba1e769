import { crc32 } from 'node:zlib';

/** The signature and the header chunk, which has to be the first. */
const AFTER_HEADER = 8 + 25;

/**
 * Adds an XMP packet to a PNG as the XMP specification (part 3, 1.1.5) demands: an uncompressed `iTXt` chunk. libvips
 * writes a compressed `zTXt`, which readers that keep to the specification do not find.
 */
export function pngWithXmp(png: Buffer, xmp: string): Buffer {
  // Keyword, then: not compressed, no method, no language, no translated keyword.
  const body = Buffer.from(`iTXtXML:com.adobe.xmp\0\0\0\0\0${xmp}`);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return Buffer.concat([png.subarray(0, AFTER_HEADER), chunk, png.subarray(AFTER_HEADER)]);
}
