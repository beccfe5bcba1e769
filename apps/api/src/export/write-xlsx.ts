import { makeZip } from 'client-zip';

/** Excel's own limit on the text of a cell. */
const MAX_CELL_CHARS = 32_767;
const ROWS_AT_ONCE = 100;
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/**
 * Rows as a workbook of one sheet, made while it is sent (ECMA-376, the least that Excel, LibreOffice and openpyxl want). All cells
 * are text, so that codes keep their zeros and nothing in them is run.
 */
export async function* writeXlsx(
  rows: AsyncIterable<readonly string[]>,
  sheet: string,
): AsyncGenerator<Uint8Array> {
  const lastModified = new Date();
  const file = (name: string, input: string | AsyncIterable<Uint8Array>) => ({ name, input, lastModified });
  const zip = makeZip(
    [
      file(
        '[Content_Types].xml',
        `${HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPE}.worksheet+xml"/></Types>`,
      ),
      file(
        '_rels/.rels',
        `${HEAD}<Relationships xmlns="${RELATIONS}"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
      ),
      file(
        'xl/workbook.xml',
        `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="${escaped(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      ),
      file(
        'xl/_rels/workbook.xml.rels',
        `${HEAD}<Relationships xmlns="${RELATIONS}"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
      ),
      file('xl/worksheets/sheet1.xml', sheetXml(rows)),
    ],
    { buffersAreUTF8: true },
  );
  const reader = zip.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

async function* sheetXml(rows: AsyncIterable<readonly string[]>): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${HEAD}<worksheet xmlns="${MAIN}"><sheetData>`);
  let lines: string[] = [];
  let number = 0;
  for await (const cells of rows) {
    number += 1;
    const written = cells.map((text, at) => (text === '' ? '' : cellXml(text, `${columnName(at)}${number}`)));
    lines.push(`<row r="${number}">${written.join('')}</row>`);
    if (lines.length < ROWS_AT_ONCE) continue;
    yield Buffer.from(lines.join(''));
    lines = [];
  }
  yield Buffer.from(`${lines.join('')}</sheetData></worksheet>`);
}

function cellXml(text: string, ref: string): string {
  return `<c r="${ref}" t="inlineStr"><is><t xml:space="preserve">${escaped(text.slice(0, MAX_CELL_CHARS))}</t></is></c>`;
}

/** 0 → A, 26 → AA. */
function columnName(at: number): string {
  const letter = String.fromCharCode(65 + (at % 26));
  return at < 26 ? letter : columnName(Math.floor(at / 26) - 1) + letter;
}

/** Without characters that XML cannot hold. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
