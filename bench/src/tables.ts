import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { readTable } from '@image-studio/tables';
import { zipSync } from 'fflate';
import type { Figures } from './draw-bars.ts';
import { tell } from './tell.ts';

const ROWS = 10_000;
const ATTRIBUTES = Array.from({ length: 14 }, (_, at) => `Attr ${at}`);
const HTML = `<p>${'Soft washed linen, made to last. '.repeat(6)}</p>`;
const photo = (row: number, name: string) => `https://photos.example/img/${row}/${name}.jpg`;
const values = (row: number) => ATTRIBUTES.map((_, at) => `text ${(at * row) % 977}`);
const rowsOf = (make: (row: number) => string) => Array.from({ length: ROWS }, (_, row) => make(row));
const inMb = (count: number) => Number((count / 1e6).toFixed(1));

/**
 * `npm run bench -- tables`: how long tables of 10,000 rows take, and how long they hold the event loop: the longest time on the CPU between two
 * of its turns, and how late a turn was.
 */
export async function benchTables(): Promise<void> {
  const tables = { csv: csv('utf8'), tsv: tsv(), 'windows-1252': csv('latin1'), xml: xml(), xlsx: xlsx() };
  const figures: Figures = {};
  for (const [name, bytes] of Object.entries(tables)) {
    const before = process.memoryUsage().rss;
    const start = performance.now();
    const watch = watchLoop();
    const { skus } = await readTable(bytes);
    figures[name] = {
      MB: inMb(bytes.length),
      SKUs: skus.length,
      ms: Math.round(performance.now() - start),
      ...watch.end(),
      'MB more': inMb(Math.max(0, process.memoryUsage().rss - before)),
    };
  }
  await tell('tables', figures, {
    title: `A table of ${ROWS.toLocaleString('en')} rows, read`,
    column: 'ms',
    unit: ' ms',
  });
}

/** What others do on the machine makes the loop late; what it does itself is told by its own time on the CPU (Linux). */
function watchLoop(): { end(): { 'held ms': number; 'late ms': number } } {
  const delay = monitorEventLoopDelay({ resolution: 2 });
  delay.enable();
  let held = 0;
  let last = onCpuMs();
  const timer = setInterval(() => {
    const now = onCpuMs();
    held = Math.max(held, now - last);
    last = now;
  }, 1);
  return {
    end() {
      clearInterval(timer);
      delay.disable();
      return { 'held ms': Math.round(held), 'late ms': Math.round(delay.max / 1e6) };
    },
  };
}

function onCpuMs(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

/** A Shopify export. */
function csv(encoding: 'utf8' | 'latin1'): Buffer {
  const rows = rowsOf((row) =>
    [
      `h${row}`,
      `"Größe ${row}"`,
      `"${HTML}"`,
      `S-${row}`,
      photo(row, 'a'),
      '1',
      'active',
      ...values(row),
    ].join(),
  );
  const headings = `Handle,Title,Body (HTML),Variant SKU,Image Src,Image Position,Status,${ATTRIBUTES.join()}`;
  return Buffer.from([headings, ...rows].join('\n'), encoding);
}

/** A table of Google Merchant. */
function tsv(): Buffer {
  const rows = rowsOf((row) =>
    [
      `S-${row}`,
      `Pan 10" ${row}`,
      HTML,
      photo(row, 'a'),
      `${photo(row, 'b')},${photo(row, 'c')}`,
      ...values(row),
    ].join('\t'),
  );
  const headings = ['id', 'title', 'description', 'image_link', 'additional_image_link', ...ATTRIBUTES];
  return Buffer.from([headings.join('\t'), ...rows].join('\n'));
}

/** A feed of Google Merchant. */
function xml(): Buffer {
  const items = rowsOf((row) => {
    const attributes = values(row).map((text, at) => `<g:attr_${at}>${text}</g:attr_${at}>`);
    const told = `<g:id>S-${row}</g:id><title>Mug</title><description><![CDATA[${HTML}]]></description>`;
    return `<item>${told}<g:image_link>${photo(row, 'a')}</g:image_link>${attributes.join('')}</item>`;
  });
  const root = '<rss xmlns:g="http://base.google.com/ns/1.0"><channel>';
  return Buffer.from(`${root}${items.join('\n')}</channel></rss>`);
}

/** The smallest workbook that Excel opens: a list of sheets, and one of texts within it. */
function xlsx(): Buffer {
  const rows = [
    ['SKU', 'Title', 'Main image', 'Image 2', ...ATTRIBUTES],
    ...Array.from({ length: ROWS }, (_, row) => [
      `S-${row}`,
      'Mug',
      photo(row, 'a'),
      photo(row, 'b'),
      ...values(row),
    ]),
  ];
  const cell = (text: string, row: number, place: number) =>
    `<c r="${String.fromCharCode(65 + place)}${row + 1}" t="inlineStr"><is><t>${text}</t></is></c>`;
  const sheet = rows.map(
    (cells, row) =>
      `<row r="${row + 1}">${cells.map((text, place) => cell(text, row, place)).join('')}</row>`,
  );
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const related = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const packages = 'http://schemas.openxmlformats.org/package/2006';
  const relation = (type: string, target: string) =>
    `<Relationships xmlns="${packages}/relationships"><Relationship Id="r1" Type="${related}/${type}" Target="${target}"/></Relationships>`;
  const files = {
    '[Content_Types].xml': `<Types xmlns="${packages}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
    '_rels/.rels': relation('officeDocument', 'xl/workbook.xml'),
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${related}"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relation('worksheet', 'worksheets/sheet1.xml'),
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${main}"><sheetData>${sheet.join('')}</sheetData></worksheet>`,
  };
  const entries = Object.entries(files).map(([name, text]) => [name, Buffer.from(text)] as const);
  return Buffer.from(zipSync(Object.fromEntries(entries)));
}
