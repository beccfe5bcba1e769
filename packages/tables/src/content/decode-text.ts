import { isUtf8 } from 'node:buffer';
import { say } from '@image-studio/contract';
import type { Note } from '../table.ts';
import { TableError } from '../table-error.ts';
import { looksLikeUtf16 } from './sniff-content.ts';

export interface DecodedText {
  text: string;
  /** Label as browsers know it: `utf-8`, `utf-16le`, `windows-1252`, … */
  encoding: string;
  /** The bytes do not say so themselves. */
  guessed: boolean;
  notes: Note[];
}

/** A sample of what a guess makes of the bytes, so that a person can judge it. */
const SAMPLE_CHARS = 40;
const MAX_SAMPLES = 3;

/** Where windows-1252 differs from Latin-1. Node's own decoder confuses the two in some versions. */
const WINDOWS_1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

/**
 * Turns bytes into text. UTF-8 and marked UTF-16 say themselves what they are. Everything else is a guess between
 * Windows-1252 (which holds Latin-1), GB 18030 and unmarked UTF-16, told in `notes` with what came of it; `wanted` (any
 * label that browsers know) decides instead. Throws `TableError` for a `wanted` that is unknown or does not fit.
 */
export function decodeText(bytes: Buffer, wanted?: string): DecodedText {
  if (wanted !== undefined)
    return { text: decodeAs(bytes, wanted), encoding: wanted, guessed: false, notes: [] };
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return told(bytes, 'utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return told(bytes, 'utf-16be');
  if (isUtf8(bytes)) {
    const utf16 = looksLikeUtf16(bytes.subarray(0, 4096));
    if (utf16 !== null) return told(bytes, utf16);
    const text = bytes.toString('utf8').replace(/^\ufeff/, '');
    return { text, encoding: 'utf-8', guessed: false, notes: lostCharacters(text) };
  }
  const encoding = looksLikeGb18030(bytes) ? 'gb18030' : 'windows-1252';
  const text = decodeAs(bytes, encoding);
  const samples = samplesOf(text);
  const path = 'encoding';
  const name = NAMES[encoding];
  const words = samples.map((one) => `“${one}”`).join(', ');
  const said = say`The table is not UTF-8. It was read as ${name}: ${words}. Choose another encoding if these words are wrong.`;
  return { text, encoding, guessed: true, notes: [{ path, ...said }] };
}

const NAMES = { 'windows-1252': 'Windows-1252 (Latin-1)', gb18030: 'GB 18030 (Chinese)' } as const;

function told(bytes: Buffer, encoding: string): DecodedText {
  const text = decodeAs(bytes, encoding);
  return { text, encoding, guessed: false, notes: lostCharacters(text) };
}

function decodeAs(bytes: Buffer, encoding: string): string {
  if (/^(windows-1252|cp1252|latin-?1|iso-?8859-1)$/i.test(encoding)) {
    return bytes
      .toString('latin1')
      .replace(/[\x80-\x9f]/g, (letter) => WINDOWS_1252[letter.charCodeAt(0) - 0x80] as string);
  }
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    const said =
      error instanceof RangeError
        ? say`is ${JSON.stringify(encoding.slice(0, 40))}, which is no encoding that is known here`
        : say`is ${encoding}, and the table holds bytes that this encoding does not have`;
    throw new TableError('MALFORMED_TABLE', `encoding ${said.message}.`, [{ path: 'encoding', ...said }]);
  }
}

/**
 * Chinese text in GBK is pairs of bytes, both above 0xA0 and mostly from the first of its two levels of characters;
 * accents in Latin-1 stand alone, and where two meet (“Größe”) they make a rare character of the second level.
 */
function looksLikeGb18030(bytes: Buffer): boolean {
  const sample = bytes.subarray(0, 256 * 1024);
  let common = 0;
  let other = 0;
  for (let at = 0; at < sample.length; at++) {
    const lead = sample[at] as number;
    if (lead < 0x80) continue;
    const trail = sample[at + 1] ?? 0;
    const isCommon = ((lead >= 0xb0 && lead <= 0xd7) || (lead >= 0xa1 && lead <= 0xa3)) && trail >= 0xa1;
    if (isCommon) common += 1;
    else other += 1;
    if (trail >= 0x40 && lead >= 0x81 && trail >= 0x80) at += 1;
  }
  return common > 0 && common >= 4 * other;
}

/** Words with letters beyond ASCII, as they came out. */
function samplesOf(text: string): string[] {
  const found = text.slice(0, 1024 * 1024).matchAll(/[^\s,;|\t"]*[^\0-\x7f][^\s,;|\t"]*/g);
  const words = new Set<string>();
  for (const [word] of found) {
    words.add(word.slice(0, SAMPLE_CHARS));
    if (words.size >= MAX_SAMPLES) break;
  }
  return [...words];
}

/** U+FFFD in the bytes themselves: another program lost the letters before we were given the file. */
function lostCharacters(text: string): Note[] {
  const first = text.indexOf('\ufffd');
  if (first < 0) return [];
  const line = text.slice(0, first).split('\n').length;
  const said = say`holds the character � (U+FFFD): a program lost letters of this table before it came here; export it again`;
  return [{ path: `line ${line}`, ...said }];
}
