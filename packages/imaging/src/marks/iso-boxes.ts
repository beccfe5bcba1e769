/** A box of an ISO base media file (ISO/IEC 14496-12). */
export interface Box {
  type: string;
  start: number;
  end: number;
  /** Head included. */
  bytes: Buffer;
}

/** The boxes between two places of a file. Throws when one is cut off. */
export function boxesIn(file: Buffer, from: number, to: number): Box[] {
  const boxes: Box[] = [];
  for (let at = from; at + 8 <= to; ) {
    const short = file.readUInt32BE(at);
    const size = short === 0 ? to - at : short === 1 ? Number(file.readBigUInt64BE(at + 8)) : short;
    const end = at + size;
    if (size < 8 || end > to) throw new Error('the AVIF is damaged: a box is cut off');
    boxes.push({
      type: file.toString('latin1', at + 4, at + 8),
      start: at,
      end,
      bytes: file.subarray(at, end),
    });
    at = end;
  }
  return boxes;
}

export function boxOf(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

/** A box with a version; its flags are none. */
export function fullBoxOf(type: string, version: number, body: Buffer): Buffer {
  return boxOf(type, Buffer.concat([Buffer.of(version, 0, 0, 0), body]));
}
