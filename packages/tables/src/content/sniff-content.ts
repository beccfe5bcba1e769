import { zipEntryNames } from './zip-entries.ts';

/** What bytes are, judged by themselves. `other` names what they are, for a sentence: "a JPEG picture". */
export type Content = { is: 'text' | 'json' | 'xml' | 'xlsx' } | { is: 'other'; what: string; hint: string };

const TABLE_HINT = 'Send a table: CSV, TSV, XLSX or a product feed in XML.';

const UNPACK_HINT = 'Unpack it and send the table inside.';

/** Bytes (as Latin-1) at some places, and what they tell. Source: the formats' own specifications. */
const SIGNATURES: readonly { at: Readonly<Record<number, string>>; what: string; hint?: string }[] = [
  { at: { 0: '\xff\xd8\xff' }, what: 'a JPEG picture' },
  { at: { 0: '\x89PNG\r\n' }, what: 'a PNG picture' },
  { at: { 0: 'GIF87a' }, what: 'a GIF picture' },
  { at: { 0: 'GIF89a' }, what: 'a GIF picture' },
  { at: { 0: 'RIFF', 8: 'WEBP' }, what: 'a WebP picture' },
  { at: { 4: 'ftypavif' }, what: 'an AVIF picture' },
  { at: { 4: 'ftypavis' }, what: 'an AVIF picture' },
  { at: { 4: 'ftyphei' }, what: 'a HEIC picture' },
  { at: { 4: 'ftyphev' }, what: 'a HEIC picture' },
  { at: { 4: 'ftypmif1' }, what: 'a HEIC picture' },
  { at: { 4: 'ftypmsf1' }, what: 'a HEIC picture' },
  { at: { 4: 'ftyp' }, what: 'a video' },
  { at: { 0: 'II*\0' }, what: 'a TIFF picture' },
  { at: { 0: 'MM\0*' }, what: 'a TIFF picture' },
  { at: { 0: 'BM', 6: '\0\0\0\0' }, what: 'a BMP picture' },
  { at: { 0: '8BPS' }, what: 'a Photoshop document' },
  { at: { 0: '%PDF-' }, what: 'a PDF document', hint: 'Export the table itself, as CSV or XLSX.' },
  {
    at: { 0: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' },
    what: 'a workbook of the old Excel format (.xls), or one with a password',
    hint: 'Save it as .xlsx without a password, or as CSV.',
  },
  { at: { 0: '\x1f\x8b' }, what: 'a gzip archive', hint: UNPACK_HINT },
  { at: { 0: 'BZh', 4: '1AY&SY' }, what: 'a bzip2 archive', hint: UNPACK_HINT },
  { at: { 0: '\xfd7zXZ\0' }, what: 'an xz archive', hint: UNPACK_HINT },
  { at: { 0: '7z\xbc\xaf\x27\x1c' }, what: 'a 7z archive', hint: UNPACK_HINT },
  { at: { 0: 'Rar!\x1a\x07' }, what: 'a RAR archive', hint: UNPACK_HINT },
  { at: { 0: 'SQLite format 3\0' }, what: 'a SQLite database', hint: 'Export the table as CSV.' },
];

/** Says what a body is. Never throws: what is nothing else is text. */
export function sniffContent(bytes: Buffer): Content {
  const head = bytes.subarray(0, 1024).toString('latin1');
  if (head.startsWith('PK\x03\x04') || head.startsWith('PK\x05\x06')) return sniffZip(bytes);
  const known = SIGNATURES.find(({ at }) =>
    Object.entries(at).every(([place, letters]) => head.startsWith(letters, Number(place))),
  );
  if (known) return { is: 'other', what: known.what, hint: known.hint ?? TABLE_HINT };
  if (/^(\xff\xfe|\xfe\xff)/.test(head)) return { is: 'text' };
  const start = head.replace(/^\xef\xbb\xbf/, '').trimStart();
  if (isJson(start, bytes)) return { is: 'json' };
  if (/^(<!doctype\s+html|<html|<head|<body)/i.test(start)) {
    return {
      is: 'other',
      what: 'a web page (HTML)',
      hint: 'Download the table itself; is a login in between?',
    };
  }
  if (/^<(\?xml|!--|!doctype|[a-z_][\w.-]*(:[\w.-]+)?[\s/>])/i.test(start)) return { is: 'xml' };
  if (isBinary(bytes)) return { is: 'other', what: 'a binary file', hint: TABLE_HINT };
  return { is: 'text' };
}

/** A table's first heading may begin with a bracket, too; only JSON also ends with one, or breaks off. */
function isJson(start: string, bytes: Buffer): boolean {
  if (/^\{\s*("|\}|$)/.test(start) || /^\[\s*([{\]"[]|$)/.test(start)) return true;
  return /^[{[]/.test(start) && /[}\]]\s*$/.test(bytes.subarray(-64).toString('latin1'));
}

function sniffZip(bytes: Buffer): Content {
  const names = zipEntryNames(bytes);
  if (names === null) {
    return {
      is: 'other',
      what: 'a damaged ZIP archive or workbook',
      hint: 'Was it cut off? Export it again.',
    };
  }
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (has(/^xl\/workbook\.xml$/i)) return { is: 'xlsx' };
  if (has(/^xl\/workbook\.bin$/i)) {
    return { is: 'other', what: 'a binary workbook (.xlsb)', hint: 'Save it as .xlsx or as CSV.' };
  }
  if (has(/^content\.xml$/) && has(/^mimetype$/)) {
    return { is: 'other', what: 'an OpenDocument file (.ods)', hint: 'Save it as .xlsx or as CSV.' };
  }
  if (has(/^Index\/.*\.iwa$/) || has(/^Index\.zip$/)) {
    return { is: 'other', what: 'a Numbers document', hint: 'Export it as .xlsx or CSV.' };
  }
  if (has(/^word\/document\.xml$/)) {
    return { is: 'other', what: 'a Word document', hint: TABLE_HINT };
  }
  const table = names.find((name) => /\.(csv|tsv|txt|xlsx|xml)$/i.test(name));
  const photos = names.filter((name) => /\.(jpe?g|png|webp|heic|avif|gif|tiff?)$/i.test(name)).length;
  const inside =
    table !== undefined ? ` with ${table} in it` : photos > 0 ? ` with ${photos} photos in it` : '';
  const hint = table !== undefined ? 'Unpack it and send the table inside.' : TABLE_HINT;
  return { is: 'other', what: `a ZIP archive${inside.slice(0, 120)}`, hint };
}

/** Text has no zero bytes (UTF-16 is told by its mark, or by zeros at every other place) and few control characters. */
function isBinary(bytes: Buffer): boolean {
  const sample = bytes.subarray(0, 4096);
  if (sample.length === 0 || looksLikeUtf16(sample) !== null) return false;
  let odd = 0;
  for (const byte of sample) {
    if (byte === 0) return true;
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12 && byte !== 27) odd += 1;
  }
  return odd > sample.length / 50;
}

/** UTF-16 without a mark: mostly Latin text has a zero in nearly every second byte. */
export function looksLikeUtf16(sample: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (sample.length < 8) return null;
  let even = 0;
  let odd = 0;
  for (let at = 0; at + 1 < sample.length; at += 2) {
    if (sample[at] === 0) even += 1;
    if (sample[at + 1] === 0) odd += 1;
  }
  const pairs = sample.length / 2;
  if (odd > pairs * 0.4 && even < pairs * 0.05) return 'utf-16le';
  if (even > pairs * 0.4 && odd < pairs * 0.05) return 'utf-16be';
  return null;
}
