/** How a pasted or dropped text will be read. */
export type TextKind = 'empty' | 'lines' | 'json' | 'table';

/**
 * `{` or `[` begins JSON. A first line with cells and without an address is the heading of a table. Everything else is
 * one SKU a line.
 */
export function textKind(text: string): TextKind {
  const start = text.slice(0, 8_192).trimStart();
  if (start === '') return 'empty';
  if (/^[{[]/.test(start)) return 'json';
  const [first = ''] = start.split(/\r?\n/, 1);
  return /[,;\t]/.test(first) && !/:\/\//.test(first) ? 'table' : 'lines';
}
