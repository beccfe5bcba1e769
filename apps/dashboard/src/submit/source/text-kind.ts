/** How a pasted or dropped text will be read. */
export type TextKind = 'empty' | 'lines' | 'json' | 'table';

/** Lines that are looked at: titles and remarks stand above the headings of many tables. */
const SAMPLE_LINES = 20;

/**
 * `{` or `[` begins JSON, `<` a product feed. A line with cells and without an address is the heading of a table.
 * Everything else is one SKU a line.
 */
export function textKind(text: string): TextKind {
  const start = text.slice(0, 8_192).trimStart();
  if (start === '') return 'empty';
  if (/^[{[]/.test(start)) return 'json';
  if (start.startsWith('<')) return 'table';
  const lines = start.split(/\r\n|\r|\n/, SAMPLE_LINES).filter((line) => line.trim() !== '');
  if (/:\/\//.test(lines[0] ?? '')) return 'lines';
  return lines.some((line) => /[,;\t]/.test(line) && !/:\/\//.test(line)) ? 'table' : 'lines';
}
