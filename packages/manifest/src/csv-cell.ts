/**
 * What makes a spreadsheet take a cell for a formula, or end the cell before it (OWASP, "CSV Injection"). Some drop
 * spaces in front, and Chinese and Japanese ones know the signs in full width.
 */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/;
/** `-5`, `+49`, `-1.5`, `1e-3`: shown as the number that they are. */
const NUMBER = /^ *[+-]?(\d+([.,]\d+)*)(e[+-]?\d+)? *$/i;
/** A code that begins with a sign and can neither call nor compute anything: `-A1`, `+RED_L`, `-A-12`. */
const HARMLESS_CODE = /^[+-][\p{L}\p{N}_.:-]*$/u;
/** Already looks like a defused cell: gets a mark of its own, so that taking one away always gives the original. */
const DEFUSED = /^'+(\s*[=+\-@＝＋－＠]|[\t\r\n])/;

/**
 * Any text as a cell of RFC 4180. A spreadsheet that opens the file runs what begins with `=`, `+`, `-` or `@`,
 * and what a supplier or client wrote is not ours to run: such text gets an apostrophe in front (numbers do not).
 * Whoever needs the exact text takes that one apostrophe away, or reads the JSON.
 */
export function csvCell(text: string): string {
  return quoted(isFormula(text) || DEFUSED.test(text) ? `'${text}` : text);
}

/** The same for SKU codes: those that begin with a sign but can do nothing stay as they are. */
export function csvCode(code: string): string {
  return HARMLESS_CODE.test(code) ? quoted(code) : csvCell(code);
}

function isFormula(text: string): boolean {
  return FORMULA.test(text) && !NUMBER.test(text);
}

function quoted(text: string): string {
  return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
