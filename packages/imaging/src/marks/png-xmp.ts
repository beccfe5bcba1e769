import { crc32 } from 'node:zlib';

/** The signature and the header chunk, which has to be the first. */
const AFTER_HEADER = 8 + 25;
/** Keyword, then: not compressed, no method, no language, no translated keyword. */
const KEYWORD = Buffer.from('XML:com.adobe.xmp\0');
const BEFORE_PACKET = Buffer.concat([KEYWORD, Buffer.alloc(4)]);
/** Length and type before a chunk's data, and its checksum behind. */
const HEAD = 8;
const CHECKSUM = 4;

/**
 * Adds an XMP packet to a PNG as the XMP specification (part 3, 1.1.5) demands: an uncompressed `iTXt` chunk. libvips
 * writes a compressed one, which readers that keep to the specification do not find.
 */
export function pngWithXmp(png: Buffer, xmp: string): Buffer {
  const body = Buffer.concat([Buffer.from('iTXt'), BEFORE_PACKET, Buffer.from(xmp)]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  const parts = [png.subarray(0, AFTER_HEADER), chunk];
  for (const { start, end, isXmp } of chunksOf(png)) {
    if (!isXmp && start >= AFTER_HEADER) parts.push(png.subarray(start, end));
  }
  return Buffer.concat(parts);
}

export function pngXmp(png: Buffer): Buffer | null {
  for (const { start, end, isXmp } of chunksOf(png)) {
    const data = png.subarray(start + HEAD, end - CHECKSUM);
    if (isXmp && data.subarray(0, BEFORE_PACKET.length).equals(BEFORE_PACKET)) {
      return data.subarray(BEFORE_PACKET.length);
    }
  }
  return null;
}

interface Chunk {
  start: number;
  end: number;
  /** Holds XMP, readable or not. */
  isXmp: boolean;
}

function chunksOf(png: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 8; at < png.length; ) {
    if (at + HEAD + CHECKSUM > png.length) throw new Error('the PNG is damaged: a chunk is cut off');
    const end = at + HEAD + png.readUInt32BE(at) + CHECKSUM;
    if (end > png.length) throw new Error('the PNG is damaged: a chunk is cut off');
    const type = png.toString('latin1', at + 4, at + HEAD);
    const isXmp =
      /^[itz]TXt$/.test(type) && png.subarray(at + HEAD, at + HEAD + KEYWORD.length).equals(KEYWORD);
    chunks.push({ start: at, end, isXmp });
    at = end;
  }
  return chunks;
}
