/** What Excel shows for formulas that failed, in English, German, French, Spanish and Italian. */
const ERRORS = new Set([
  '#N/A',
  '#REF!',
  '#VALUE!',
  '#NAME?',
  '#DIV/0!',
  '#NULL!',
  '#NUM!',
  '#SPILL!',
  '#CALC!',
  '#NV',
  '#BEZUG!',
  '#WERT!',
  '#ZAHL!',
  '#REF',
  '#VALEUR!',
  '#NOM?',
  '#NOMBRE?',
  '#VALOR!',
  '#¡REF!',
  '#¡VALOR!',
  '#¿NOMBRE?',
  '#RIF!',
  '#VALORE!',
  '#N/D',
  '#NAZWA?',
  '#ARG!',
]);

/** Whether a cell is an error of a spreadsheet's formula. */
export function isExcelError(cell: string): boolean {
  return cell.charCodeAt(0) === 35 && ERRORS.has(cell.trim().toUpperCase());
}

/** Whether a code is a number that a spreadsheet shortened: `4.00638E+12`, `4,00638E+12`. Its last digits are lost. */
export function isShortenedNumber(code: string): boolean {
  return /^\d([.,]\d+)?e\+?\d{1,2}$/i.test(code.trim());
}
