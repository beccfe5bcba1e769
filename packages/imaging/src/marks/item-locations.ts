import { fullBoxOf } from './iso-boxes.ts';

/** The box `iloc`: where the bytes of each item are. */
export interface ItemLocations {
  version: number;
  /** Bytes of each kind of number. */
  sizes: { offset: number; length: number; base: number; index: number };
  items: {
    id: number;
    /** 0: from the beginning of the file. */
    construction: number;
    reference: number;
    base: number;
    extents: { index: number; offset: number; length: number }[];
  }[];
}

export function readLocations(box: Buffer): ItemLocations {
  const version = box[8] ?? 0;
  const sizes = {
    offset: (box[12] ?? 0) >> 4,
    length: (box[12] ?? 0) & 15,
    base: (box[13] ?? 0) >> 4,
    index: version > 0 ? (box[13] ?? 0) & 15 : 0,
  };
  let at = 14;
  const read = (size: number): number => {
    const value = size === 0 ? 0 : size === 8 ? Number(box.readBigUInt64BE(at)) : box.readUIntBE(at, size);
    at += size;
    return value;
  };
  const wide = version < 2 ? 2 : 4;
  const count = read(wide);
  const items = Array.from({ length: count }, () => ({
    id: read(wide),
    construction: version > 0 ? read(2) & 15 : 0,
    reference: read(2),
    base: read(sizes.base),
    extents: Array.from({ length: read(2) }, () => ({
      index: read(sizes.index),
      offset: read(sizes.offset),
      length: read(sizes.length),
    })),
  }));
  return { version, sizes, items };
}

export function writeLocations({ version, sizes, items }: ItemLocations): Buffer {
  const parts: Buffer[] = [Buffer.of((sizes.offset << 4) | sizes.length, (sizes.base << 4) | sizes.index)];
  const write = (size: number, value: number): void => {
    if (size === 0) return;
    const bytes = Buffer.alloc(size);
    if (size === 8) bytes.writeBigUInt64BE(BigInt(value));
    else bytes.writeUIntBE(value, 0, size);
    parts.push(bytes);
  };
  const wide = version < 2 ? 2 : 4;
  write(wide, items.length);
  for (const { id, construction, reference, base, extents } of items) {
    write(wide, id);
    if (version > 0) write(2, construction);
    write(2, reference);
    write(sizes.base, base);
    write(2, extents.length);
    for (const { index, offset, length } of extents) {
      write(sizes.index, index);
      write(sizes.offset, offset);
      write(sizes.length, length);
    }
  }
  return fullBoxOf('iloc', version, Buffer.concat(parts));
}
