/** What an APP1 segment with XMP begins with (XMP specification, part 3, 1.1.3). */
const NAMESPACE = Buffer.from('http://ns.adobe.com/xap/1.0/\0');
const APP0 = 0xe0;
const APP1 = 0xe1;
const START_OF_SCAN = 0xda;
/** Marker and length. */
const HEAD = 4;

interface Segment {
  marker: number;
  start: number;
  end: number;
}

export function jpegXmp(file: Buffer): Buffer | null {
  const segment = segmentsOf(file).find((one) => isXmp(file, one));
  return segment ? file.subarray(segment.start + HEAD + NAMESPACE.length, segment.end) : null;
}

/** The packet goes behind the JFIF header, where there is one, which has to come first. */
export function jpegWithXmp(file: Buffer, xmp: string): Buffer {
  const body = Buffer.concat([NAMESPACE, Buffer.from(xmp)]);
  const head = Buffer.alloc(HEAD);
  head.writeUInt16BE(0xff00 | APP1, 0);
  head.writeUInt16BE(body.length + 2, 2);
  const segments = segmentsOf(file);
  const [first] = segments;
  const at = first?.marker === APP0 ? first.end : 2;
  const parts = [file.subarray(0, at), head, body];
  let from = at;
  for (const segment of segments.filter((one) => isXmp(file, one))) {
    parts.push(file.subarray(from, segment.start));
    from = segment.end;
  }
  return Buffer.concat([...parts, file.subarray(from)]);
}

function isXmp(file: Buffer, { marker, start }: Segment): boolean {
  return marker === APP1 && file.subarray(start + HEAD, start + HEAD + NAMESPACE.length).equals(NAMESPACE);
}

/** What stands before the pixels. */
function segmentsOf(file: Buffer): Segment[] {
  const segments: Segment[] = [];
  let at = 2;
  while (at + HEAD <= file.length && file[at] === 0xff) {
    const marker = file[at + 1] ?? 0;
    if (marker === START_OF_SCAN) return segments;
    const end = at + 2 + file.readUInt16BE(at + 2);
    segments.push({ marker, start: at, end });
    at = end;
  }
  throw new Error('the JPEG is damaged: its segments end before its pixels begin');
}
