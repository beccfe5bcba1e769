/**
 * What makes a spreadsheet take a cell for a formula (OWASP, "CSV Injection"). Some drop spaces in front, and Chinese and
 * Japanese ones know the signs in full width.
 */
const FORMULA = /^\s*[=+\-@＝＋－＠]/;
/** Ends the cell before it. */
const BREAK = /^[\t\r\n]/;
/** `-5`, `+49`, `-1.5`, `1e-3`: shown as the number that they are. */
const NUMBER = /^ *[+-]?(\d+([.,]\d+)*)(e[+-]?\d+)? *$/i;
/** A code that begins with a sign and can neither call nor compute anything: `-A1`, `+RED_L`, `-A-12`. */
const HARMLESS_CODE = /^[+-][\p{L}\p{N}_.:-]*$/u;
/** Already looks like a defused cell: gets a mark of its own, so that taking one away always gives the original. */
const DEFUSED = /^'+(\s*[=+\-@＝＋－＠]|[\t\r\n])/;
/**
 * Where a cell may begin for a reader with another separator. Excel in half of Europe, opening a comma-separated file,
 * takes `;` for the separator, for which our quotes are then mere text; the same with tabs and line breaks.
 */
const BEGINNINGS = /(?<=[;\t\r\n])/;

/**
 * Any text as a cell of RFC 4180. A spreadsheet that opens the file runs what begins with `=`, `+`, `-` or `@`, and what
 * a supplier or client wrote is not ours to run: such text gets an apostrophe in front (numbers do not), at its beginning and
 * wherever a cell would begin for a reader that separates by `;`, tab or line break. A reader that needs the exact text takes those
 * apostrophes away, or reads the JSON.
 */
export function csvCell(text: string): string {
  return quoted(defused(text));
}

/** The text of such a cell, for files that quote in another way. */
export function defused(text: string): string {
  const [first = '', ...others] = text.split(BEGINNINGS);
  const isUnsafe = BREAK.test(first) || isFormula(first) || DEFUSED.test(text);
  return (isUnsafe ? `'${first}` : first) + others.map(defusedPart).join('');
}

/** The same for SKU codes: those that begin with a sign but can do nothing stay as they are. */
export function csvCode(code: string): string {
  return quoted(defusedCode(code));
}

export function defusedCode(code: string): string {
  return HARMLESS_CODE.test(code) ? code : defused(code);
}

/** A part behind a separator, which it may end with one of. */
function defusedPart(part: string): string {
  return isFormula(part.replace(/[;\t\r\n]$/, '')) || /^'+\s*[=+\-@＝＋－＠]/.test(part) ? `'${part}` : part;
}

function isFormula(text: string): boolean {
  return FORMULA.test(text) && !NUMBER.test(text);
}

function quoted(text: string): string {
  return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
