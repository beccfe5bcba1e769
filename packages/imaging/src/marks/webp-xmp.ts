/** Bits of the first byte of `VP8X` (WebP container specification). */
const HAS_XMP = 0x04;
const HAS_ALPHA = 0x10;
/** `RIFF`, length, `WEBP`. */
const FILE_HEAD = 12;
const HEAD = 8;

interface Chunk {
  type: string;
  /** Without its head and padding. */
  data: Buffer;
}

export function webpXmp(file: Buffer): Buffer | null {
  return chunksOf(file).find(({ type }) => type === 'XMP ')?.data ?? null;
}

/** A plain file becomes an extended one, which alone may hold XMP; it goes last. */
export function webpWithXmp(file: Buffer, xmp: string): Buffer {
  const others = chunksOf(file).filter(({ type }) => type !== 'XMP ' && type !== 'VP8X');
  const known = chunksOf(file).find(({ type }) => type === 'VP8X');
  const extended = Buffer.from(known?.data ?? extendedHead(others[0]));
  extended[0] = (extended[0] ?? 0) | HAS_XMP;
  const body = Buffer.concat(
    [{ type: 'VP8X', data: extended }, ...others, { type: 'XMP ', data: Buffer.from(xmp) }].map(written),
  );
  const head = Buffer.alloc(FILE_HEAD);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(body.length + 4, 4);
  head.write('WEBP', 8, 'latin1');
  return Buffer.concat([head, body]);
}

/** What `VP8X` says of a plain file: transparency, and width and height less one in 24 bits each. */
function extendedHead(picture: Chunk | undefined): Buffer {
  const data = Buffer.alloc(10);
  if (picture?.type === 'VP8L') {
    const bits = picture.data.readUInt32LE(1);
    data.writeUIntLE(bits & 0x3fff, 4, 3);
    data.writeUIntLE((bits >>> 14) & 0x3fff, 7, 3);
    if ((bits >>> 28) & 1) data[0] = HAS_ALPHA;
  } else if (picture?.type === 'VP8 ') {
    data.writeUIntLE((picture.data.readUInt16LE(6) & 0x3fff) - 1, 4, 3);
    data.writeUIntLE((picture.data.readUInt16LE(8) & 0x3fff) - 1, 7, 3);
  } else throw new Error('the WebP is damaged: it does not begin with a picture');
  return data;
}

function chunksOf(file: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  const end = Math.min(file.length, HEAD + file.readUInt32LE(4));
  for (let at = FILE_HEAD; at + HEAD <= end; ) {
    const length = file.readUInt32LE(at + 4);
    if (at + HEAD + length > end) throw new Error('the WebP is damaged: a chunk is cut off');
    chunks.push({
      type: file.toString('latin1', at, at + 4),
      data: file.subarray(at + HEAD, at + HEAD + length),
    });
    at += HEAD + length + (length & 1);
  }
  return chunks;
}

function written({ type, data }: Chunk): Buffer {
  const head = Buffer.alloc(HEAD);
  head.write(type, 0, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length & 1)]);
}
