import { type Box, boxesIn, boxOf, fullBoxOf } from './iso-boxes.ts';
import { type ItemLocations, readLocations, writeLocations } from './item-locations.ts';

/** How an item of a HEIF file says that it is XMP (ISO/IEC 23008-12, annex C). */
const XMP_TYPE = 'application/rdf+xml';

/** The packet of an AVIF: an item of its own beside the picture. */
export function avifXmp(file: Buffer): Buffer | null {
  const { parts } = metaOf(file);
  const info = itemsOf(parts).find(({ isXmp }) => isXmp);
  const place = info && locationsOf(parts).items.find(({ id }) => id === info.id);
  const [extent] = place?.extents ?? [];
  if (!place || !extent || place.construction !== 0) return null;
  const start = place.base + extent.offset;
  return file.subarray(start, start + extent.length);
}

/**
 * Adds the item: its entry and its place among the others, a reference to the picture that it describes, and its bytes at
 * the end of the file. What stood behind the index moves by as much as the index grows. Another packet stays in the file,
 * and is no item any more.
 */
export function avifWithXmp(file: Buffer, xmp: string): Buffer {
  const { meta, parts, primary } = metaOf(file);
  const items = itemsOf(parts);
  const old = items.find(({ isXmp }) => isXmp)?.id;
  const id = Math.max(...items.map((item) => item.id)) + 1;
  const packet = boxOf('mdat', Buffer.from(xmp));
  const locations = locationsOf(parts);
  const kept = locations.items.filter((item) => item.id !== old);
  const indexWith = (grown: number) => {
    const place = {
      id,
      construction: 0,
      reference: 0,
      base: 0,
      extents: [{ index: 0, offset: file.length + grown + 8, length: packet.length - 8 }],
    };
    const moved = kept.map((item) =>
      item.construction === 0 ? movedBy(grown, item, meta.end, locations) : item,
    );
    const index = [
      ...parts.filter(({ type }) => !['iloc', 'iinf', 'iref'].includes(type)).map(({ bytes }) => bytes),
      writeLocations({ ...locations, items: [...moved, place] }),
      infoBox(
        parts,
        items.filter((item) => item.id !== old),
        id,
      ),
      referenceBox(parts, id, primary, old),
    ];
    return fullBoxOf('meta', 0, Buffer.concat(index));
  };
  const grown = indexWith(0).length - (meta.end - meta.start);
  return Buffer.concat([file.subarray(0, meta.start), indexWith(grown), file.subarray(meta.end), packet]);
}

type Place = ItemLocations['items'][number];

/** Only what stands behind the index moves. */
function movedBy(by: number, item: Place, behind: number, { sizes }: ItemLocations): Place {
  const first = item.base + (item.extents[0]?.offset ?? 0);
  if (first < behind) return item;
  if (sizes.base > 0 && item.base > 0) return { ...item, base: item.base + by };
  return { ...item, extents: item.extents.map((one) => ({ ...one, offset: one.offset + by })) };
}

interface Meta {
  meta: Box;
  parts: Box[];
  primary: number;
}

function metaOf(file: Buffer): Meta {
  const meta = boxesIn(file, 0, file.length).find(({ type }) => type === 'meta');
  if (!meta) throw new Error('the AVIF is damaged: it has no index');
  const parts = boxesIn(file, meta.start + 12, meta.end);
  const pitm = parts.find(({ type }) => type === 'pitm')?.bytes;
  if (!pitm) throw new Error('the AVIF is damaged: it names no picture');
  return { meta, parts, primary: pitm[8] === 0 ? pitm.readUInt16BE(12) : pitm.readUInt32BE(12) };
}

function locationsOf(parts: Box[]): ItemLocations {
  const box = parts.find(({ type }) => type === 'iloc');
  if (!box) throw new Error('the AVIF is damaged: it does not say where its picture is');
  return readLocations(box.bytes);
}

interface Item {
  id: number;
  isXmp: boolean;
  bytes: Buffer;
}

function itemsOf(parts: Box[]): Item[] {
  const box = parts.find(({ type }) => type === 'iinf')?.bytes;
  if (!box) throw new Error('the AVIF is damaged: it lists no items');
  return boxesIn(box, box[8] === 0 ? 14 : 16, box.length).map(({ bytes }) => {
    const isWide = (bytes[8] ?? 2) >= 3;
    const id = isWide ? bytes.readUInt32BE(12) : bytes.readUInt16BE(12);
    return { id, isXmp: bytes.includes(`${XMP_TYPE}\0`, isWide ? 18 : 16, 'latin1'), bytes };
  });
}

function infoBox(parts: Box[], items: Item[], id: number): Buffer {
  const version = parts.find(({ type }) => type === 'iinf')?.bytes[8] ?? 0;
  const count = Buffer.alloc(version === 0 ? 2 : 4);
  count.writeUIntBE(items.length + 1, 0, count.length);
  const isWide = id > 0xffff;
  const fields = Buffer.alloc(isWide ? 6 : 4);
  fields.writeUIntBE(id, 0, isWide ? 4 : 2);
  const own = Buffer.concat([fields, Buffer.from(`mime\0${XMP_TYPE}\0`, 'latin1')]);
  const info = fullBoxOf('infe', isWide ? 3 : 2, own);
  return fullBoxOf('iinf', version, Buffer.concat([count, ...items.map(({ bytes }) => bytes), info]));
}

/** `cdsc`: describes. */
function referenceBox(parts: Box[], from: number, to: number, old: number | undefined): Buffer {
  const known = parts.find(({ type }) => type === 'iref')?.bytes;
  const version = known?.[8] ?? 0;
  const size = version === 0 ? 2 : 4;
  const others = known
    ? boxesIn(known, 12, known.length).filter(({ bytes }) => bytes.readUIntBE(8, size) !== old)
    : [];
  const fields = Buffer.alloc(2 * size + 2);
  fields.writeUIntBE(from, 0, size);
  fields.writeUInt16BE(1, size);
  fields.writeUIntBE(to, size + 2, size);
  return fullBoxOf(
    'iref',
    version,
    Buffer.concat([...others.map(({ bytes }) => bytes), boxOf('cdsc', fields)]),
  );
}
