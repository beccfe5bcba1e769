import { AI_MARK, holdsAiMark } from './ai-mark.ts';
import { avifWithXmp, avifXmp } from './avif-xmp.ts';
import { jpegWithXmp, jpegXmp } from './jpeg-xmp.ts';
import { pngWithXmp, pngXmp } from './png-xmp.ts';
import { webpWithXmp, webpXmp } from './webp-xmp.ts';

interface XmpFormat {
  is(file: Buffer): boolean;
  /** The packet where readers that keep to the specification look for it. */
  read(file: Buffer): Buffer | null;
  /** The file with this packet in the place of any other; its pixels are not touched. */
  write(file: Buffer, xmp: string): Buffer;
}

const FORMATS: readonly XmpFormat[] = [
  { is: (file) => file.readUInt16BE(0) === 0xffd8, read: jpegXmp, write: jpegWithXmp },
  { is: (file) => file.readUInt32BE(0) === 0x89504e47, read: pngXmp, write: pngWithXmp },
  { is: (file) => file.toString('latin1', 8, 12) === 'WEBP', read: webpXmp, write: webpWithXmp },
  { is: (file) => file.toString('latin1', 4, 8) === 'ftyp', read: avifXmp, write: avifWithXmp },
];

/**
 * A finished file with the mark of a picture that a generative model made, its pixels as they were; `null` for one that
 * says so already. Knows JPEG, PNG, WebP and AVIF. Throws an `Error` for what is none of them, or is damaged.
 */
export function markAsAi(file: Buffer): Buffer | null {
  if (file.length < 16) throw new Error('the file is too short to be a picture');
  const format = FORMATS.find(({ is }) => is(file));
  if (!format) throw new Error('the file is no JPEG, PNG, WebP or AVIF');
  return holdsAiMark(format.read(file)) ? null : format.write(file, AI_MARK);
}
