/** Formats that are decoded. */
export type PhotoFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'heic' | 'tiff' | 'gif';

/** The format of a file by its first bytes: one that is decoded, one that is known and refused, or none that is known. */
export type Detected = { format: PhotoFormat } | { refused: string } | undefined;

/**
 * Names a file's format without any decoder touching it, so that only the allowed decoders ever see untrusted bytes.
 * File names and content types are not asked: suppliers get both wrong.
 */
export function detectFormat(data: Buffer): Detected {
  const allowed = ALLOWED.find(({ magic }) => magic.some((bytes) => startsWith(data, bytes)));
  if (allowed) return { format: allowed.format };
  if (ascii(data, 0, 4) === 'RIFF' && ascii(data, 8, 12) === 'WEBP') return { format: 'webp' };
  if (ascii(data, 4, 8) === 'ftyp') return detectBrand(data);
  const refused = REFUSED.find(({ magic }) => magic.some((bytes) => startsWith(data, bytes)));
  if (refused) return { refused: refused.name };
  return detectMarkup(data);
}

const ALLOWED: { format: PhotoFormat; magic: (string | number[])[] }[] = [
  { format: 'jpeg', magic: [[0xff, 0xd8, 0xff]] },
  { format: 'png', magic: [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]] },
  { format: 'gif', magic: ['GIF87a', 'GIF89a'] },
  // Classic and BigTIFF, both byte orders.
  { format: 'tiff', magic: ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'] },
];

const REFUSED: { name: string; magic: (string | number[])[] }[] = [
  { name: 'a PDF document', magic: ['%PDF'] },
  { name: 'a Photoshop document', magic: ['8BPS'] },
  { name: 'a PostScript document', magic: ['%!PS'] },
  { name: 'a BMP picture', magic: ['BM'] },
  { name: 'an icon', magic: [[0, 0, 1, 0]] },
  {
    name: 'a JPEG XL picture',
    magic: [
      [0xff, 0x0a],
      [0, 0, 0, 0x0c, 0x4a, 0x58, 0x4c, 0x20],
    ],
  },
  {
    name: 'a JPEG 2000 picture',
    magic: [
      [0, 0, 0, 0x0c, 0x6a, 0x50, 0x20, 0x20],
      [0xff, 0x4f, 0xff, 0x51],
    ],
  },
  { name: 'a ZIP archive', magic: ['PK\x03\x04'] },
  { name: 'a gzip archive', magic: [[0x1f, 0x8b]] },
];

const HEIC_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']);

/** ISO media: the major brand and all compatible ones say what is inside. */
function detectBrand(data: Buffer): Detected {
  const end = Math.min(data.length, data.readUInt32BE(0), 256);
  const brands = [ascii(data, 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(ascii(data, at, at + 4));
  if (brands.includes('avif') || brands.includes('avis')) return { format: 'avif' };
  return brands.some((brand) => HEIC_BRANDS.has(brand)) ? { format: 'heic' } : { refused: 'a video' };
}

/** A drawing, not an HTML page that contains one. */
function detectMarkup(data: Buffer): Detected {
  const start = data
    .subarray(0, 1024)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
    .toLowerCase();
  const isSvg = /^(<svg|<\?xml|<!--|<!doctype svg)/.test(start) && start.includes('<svg');
  return isSvg ? { refused: 'an SVG drawing' } : undefined;
}

function startsWith(data: Buffer, magic: string | number[]): boolean {
  const bytes = typeof magic === 'string' ? Buffer.from(magic, 'latin1') : Buffer.from(magic);
  return data.subarray(0, bytes.length).equals(bytes);
}

function ascii(data: Buffer, from: number, to: number): string {
  return data.toString('latin1', from, to);
}
