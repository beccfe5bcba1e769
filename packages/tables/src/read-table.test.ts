import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { zipSync } from 'fflate';
import { readTable, type TableOptions } from './read-table.ts';
import { TableError } from './table-error.ts';

const read = (table: string | Buffer, options: TableOptions = {}) => readTable(Buffer.from(table), options);

/** Codes with the addresses of their photos. */
const skusOf = async (table: string | Buffer, options: TableOptions = {}) =>
  Object.fromEntries(
    (await read(table, options)).skus.map(({ sku, images }) => [sku, images.map(({ url }) => url)]),
  );
const notesOf = async (table: string | Buffer, options: TableOptions = {}) =>
  (await read(table, options)).warnings.map(({ path, message }) => `${path} ${message}`);
const faultsOf = async (table: string | Buffer, options: TableOptions = {}) =>
  (await read(table, options)).faults.map(({ path, message }) => `${path} ${message}`);

async function refusal(table: string | Buffer): Promise<TableError> {
  const error = await read(table).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(TableError);
  return error as TableError;
}

describe('quotes', () => {
  test.each([
    ['an inch in a table with tabs', 'sku\ttitle\turl\nA\t10" pan\thttps://x/1\n', '10" pan'],
    ['a quoted word at the start of a cell', 'sku\ttitle\turl\nA\t"Best" mug\thttps://x/1\n', '"Best" mug'],
    ['a quote that is never closed', 'sku,title,url\nA,"24 inch,https://x/1\n', '"24 inch'],
    [
      'a quote that closes lines further down',
      'sku\ttitle\turl\nA\t"Best mug\thttps://x/1\nB\t24"\thttps://x/2\n',
      '"Best mug',
    ],
    ['a quoted cell with a line break', 'sku\ttitle\turl\nA\t"two\nlines"\thttps://x/1\n', 'two\nlines'],
    ['a doubled quote', 'sku,title,url\nA,"24"" pan",https://x/1\n', '24" pan'],
    ['spaces around quotes', 'sku, title, url\nA, "a, b" ,https://x/1\n', 'a, b'],
  ])('%s', async (_, table, title) => {
    const { skus } = await read(table);
    expect(skus[0]?.attributes?.title).toBe(title);
    expect(skus[0]?.images).toEqual([{ url: 'https://x/1' }]);
  });

  test('a million cells that open quotes take no longer than their text', async () => {
    const table = `sku,url\n${'"x,'.repeat(900)}\n${`"a,https://x/1\n`.repeat(40_000)}`;
    const { faults, warnings } = await read(table);
    expect([...faults, ...warnings].length).toBeGreaterThan(0);
  });

  test('a row of more than a million characters is told by its line', async () => {
    const error = await refusal(`sku,url\nA,https://x/1\nB,${'x'.repeat(1_100_000)}\n`);
    expect(error.faults).toMatchObject([{ path: 'line 3', message: expect.stringContaining('more than') }]);
  });
});

describe('what stands above the rows', () => {
  test.each([
    ['sep=;', 'sep=;\r\nSKU;Bild\r\nA;https://x/1\r\n'],
    ['a quoted sep', '"sep=;"\nSKU;Bild\nA;https://x/1\n'],
    ['a title and an empty row', 'Spring 2026,,\n,,\nSKU,Title,image_url\nA,Mug,https://x/1\n'],
    ['remarks', '#INFO,Version=1\n#INFO,,\nSKU,image_url\nA,https://x/1\n'],
    ['headings twice', 'Seller SKU,Main Image URL\nitem_sku,main_image_url\nA,https://x/1\n'],
    ['separators at the end', 'SKU,image_url,,,\nA,https://x/1,,,\n'],
    ['a byte order mark', '\ufeffSKU,image_url\nA,https://x/1\n'],
    ['old Macintosh line ends', 'SKU,image_url\rA,https://x/1\r'],
  ])('%s', async (_, table) => {
    expect(await skusOf(table)).toEqual({ A: ['https://x/1'] });
  });

  test('a table without headings is understood by what stands in it', async () => {
    expect(await skusOf('A;Mug;https://x/1.jpg\nB;Bowl;https://x/2.jpg\n')).toEqual({
      A: ['https://x/1.jpg'],
      B: ['https://x/2.jpg'],
    });
  });

  test('repeated headings are one attribute', async () => {
    const { skus } = await read('SKU,Bullet,Bullet,image_url,Bullet\nA,one,two,https://x/1,three\n');
    expect(skus[0]?.attributes).toEqual({ Bullet: 'one; two; three' });
  });
});

describe('encodings', () => {
  const table = 'SKU;Titel;Bild\nGRÜN-1;Größe „M“ – 5 €;https://x/1\n';

  test.each(['utf16le'] as const)('UTF-16 with its mark', async (encoding) => {
    const { skus, warnings } = await read(Buffer.from(`\ufeff${table}`, encoding));
    expect(skus[0]).toMatchObject({ sku: 'GRÜN-1', attributes: { Titel: 'Größe „M“ – 5 €' } });
    expect(warnings).toEqual([]);
  });

  test('Windows-1252 is told, and shown', async () => {
    const bytes = Buffer.from(table.replace('„M“ – 5 €', 'M'), 'latin1');
    const reading = await read(
      Buffer.concat([bytes, Buffer.from([0x41, 0x3b, 0x80, 0x3b]), Buffer.from('https://x/2\n')]),
    );
    expect(reading.encoding).toBe('windows-1252');
    expect(reading.skus.map(({ attributes }) => attributes?.Titel)).toEqual(['Größe M', '€']);
    expect(reading.warnings[0]).toMatchObject({
      path: 'encoding',
      message: expect.stringContaining('“GRÜN-1”'),
    });
  });

  test('another one may be named; one that does not fit is told', async () => {
    const cyrillic = Buffer.concat([
      Buffer.from('sku,title,url\nA,'),
      Buffer.from([0xca, 0xf0]),
      Buffer.from(',https://x/1\n'),
    ]);
    const { skus } = await read(cyrillic, { encoding: 'windows-1251' });
    expect(skus[0]?.attributes?.title).toBe('Кр');
    await expect(read(cyrillic, { encoding: 'utf-8' })).rejects.toMatchObject({
      faults: [{ path: 'encoding' }],
    });
    await expect(read(cyrillic, { encoding: 'klingon' })).rejects.toMatchObject({
      faults: [{ path: 'encoding' }],
    });
  });

  test('letters that another program lost are pointed out with their line', async () => {
    expect(await notesOf('sku,title,url\nA,Mug,https://x/1\nB,Sch\ufffdssel,https://x/2\n')).toEqual([
      expect.stringMatching(/^line 3 holds the character � \(U\+FFFD\)/),
    ]);
  });
});

describe('what is no table is named', () => {
  test.each([
    ['a JPEG picture', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46])],
    ['a PNG picture', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
    ['a HEIC picture', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1')],
    ['a PDF document', Buffer.from('%PDF-1.7\n')],
    ['a web page (HTML)', Buffer.from('<!DOCTYPE html><html><body>Log in</body></html>')],
    ['old Excel format', Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0', 'latin1')],
    ['a gzip archive', Buffer.from('\x1f\x8b\x08\0', 'latin1')],
    ['a ZIP archive with table.csv in it', Buffer.from(zipSync({ 'table.csv': Buffer.from('a') }))],
    [
      'a ZIP archive with 2 photos in it',
      Buffer.from(zipSync({ 'a.jpg': Buffer.from('a'), 'b.png': Buffer.from('b') })),
    ],
    [
      'an OpenDocument file',
      Buffer.from(zipSync({ mimetype: Buffer.from('x'), 'content.xml': Buffer.from('x') })),
    ],
    ['a damaged ZIP archive', Buffer.from('PK\x03\x04 and then nothing')],
    ['a binary file', Buffer.from([1, 2, 3, 0, 5, 6, 7, 8, 9, 0, 0, 12])],
  ])('%s', async (what, bytes) => {
    const error = await refusal(bytes);
    expect(error).toMatchObject({ code: 'NOT_A_TABLE', message: expect.stringContaining(what) });
  });

  test('XML without a product in it', async () => {
    expect((await refusal('<?xml version="1.0"?><svg><path d="x"/></svg>')).message).toContain('no <item>');
  });

  test('a workbook that would fill the memory', async () => {
    const huge = Buffer.alloc(140 * 1024 * 1024, 0x20);
    const bomb = zipSync({
      'xl/workbook.xml': [Buffer.from('<workbook/>'), { level: 0 }],
      'xl/worksheets/sheet1.xml': [huge, { level: 6 }],
    });
    expect(deflateRawSync(huge).length).toBeLessThan(1024 * 1024);
    expect((await refusal(Buffer.from(bomb))).message).toContain('more than 128 MB');
  });
});

describe('product feeds', () => {
  test('with ampersands that nobody escaped are read on, and it is said', async () => {
    const feed =
      '<rss><channel><item><g:id>A</g:id><g:image_link>https://x/1.jpg?a=1&b=2</g:image_link></item></channel></rss>';
    const reading = await read(feed);
    expect(reading.skus[0]?.images).toEqual([{ url: 'https://x/1.jpg?a=1&b=2' }]);
    expect(reading.warnings[0]?.message).toContain('not well-formed');
  });

  test('that break off keep their whole products, and it is said', async () => {
    const item = (n: number) =>
      `<item><g:id>${n}</g:id><g:image_link>https://x/${n}.jpg</g:image_link></item>`;
    const reading = await read(`<rss><channel>\n${item(1)}\n${item(2)}\n<item><g:id>3</g:id>`);
    expect(reading.skus.map(({ sku }) => sku)).toEqual(['1', '2']);
    expect(reading.warnings).toEqual([
      expect.objectContaining({ path: 'line 4', message: expect.stringContaining('not well-formed') }),
    ]);
  });

  test('of other shapes: offers with ids as attributes, photos in a list, Latin-1', async () => {
    const shop =
      '<?xml version="1.0" encoding="ISO-8859-1"?><shop><offers><offer id="7"><name>Größe</name><pictures><picture>https://x/1</picture><picture>https://x/2</picture></pictures></offer></offers></shop>';
    const { skus } = await read(Buffer.from(shop, 'latin1'));
    expect(skus).toEqual([
      {
        sku: '7',
        images: [{ url: 'https://x/1' }, { url: 'https://x/2' }],
        photoOrder: 'given',
        attributes: { name: 'Größe' },
      },
    ]);
  });

  test('do not expand entities that they define themselves', async () => {
    const bomb =
      '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><rss><item><id>1</id><title>&b;</title><image_link>https://x/1</image_link></item></rss>';
    const { skus } = await read(bomb);
    expect(skus[0]?.attributes?.title ?? '').not.toContain('aaaa');
  });
});

describe('one bad row does not refuse the rest', () => {
  const table =
    'SKU,Title,image_url\nA,Mug,https://x/1\n,Bowl,https://x/2\nC,Cup,\nD,Jar,https://x/4,stray\nE,Pot,https://x/5\n';

  test('rows without a photo or a code, and misplaced ones, are left out with line and reason', async () => {
    const { skus, warnings, faults } = await read(table);
    expect(skus.map(({ sku }) => sku)).toEqual(['A', 'E']);
    expect(faults).toEqual([]);
    expect(warnings).toMatchObject([
      { path: 'line 3', message: 'has no SKU code; the row was left out' },
      { path: 'line 5', message: expect.stringContaining('has 4 cells, the headings are 3') },
      { path: 'line 4', message: 'has no photo for SKU "C"; it was left out', skus: 1, examples: ['C'] },
    ]);
  });

  test('strict refuses them', async () => {
    expect(await faultsOf(table, { strict: true })).toHaveLength(3);
    expect(await faultsOf('SKU,image_url\nA,https://x/1\n', { strict: true })).toEqual([]);
  });

  test('10,000 of them are told in eleven sentences', async () => {
    const rows = Array.from({ length: 10_000 }, (_, n) => `S${n},`);
    const { warnings } = await read(`SKU,image_url\nA,https://x/1\n${rows.join('\n')}`);
    expect(warnings).toHaveLength(11);
    expect(warnings.at(-1)).toMatchObject({ skus: 9990, message: expect.stringContaining('9990 more') });
  });

  test('texts beyond the limit are cut, photos beyond it left out', async () => {
    const photos = Array.from({ length: 25 }, (_, n) => `https://x/${n}`).join('|');
    const { skus, warnings } = await read(`SKU,image_url,Note\nA,${photos},${'x'.repeat(5000)}\n`);
    expect(skus[0]?.images).toHaveLength(20);
    expect(skus[0]?.attributes?.Note).toHaveLength(4000);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('has 25 photos for SKU "A", the limit is 20'),
      expect.stringContaining('has 5000 characters in "Note"'),
    ]);
  });

  test('a table of which nothing is left says why', async () => {
    expect(await faultsOf('SKU,image_url\nA,\n')).toEqual([
      'line 2 has no photo for SKU "A"; it was left out',
    ]);
    expect(await faultsOf('')).toEqual(['line 1 is missing: the table is empty']);
    expect(await faultsOf('SKU,image_url\n')).toEqual(['line 2 is missing: the table has no rows']);
    expect(await faultsOf('name,price\nA,1\n')).toEqual([
      'line 1 has no column "sku": the columns are "name", "price"; choose which one it is',
      'line 1 has no column "image": the columns are "name", "price"; choose which one it is',
    ]);
  });

  test('a table of 200,000 headings is told how many it may have', async () => {
    const error = await refusal(`sku,image${',a'.repeat(200_000)}\nA,u\n`);
    expect(error.faults).toMatchObject([
      { path: 'line 1', message: 'has 200002 columns, the limit is 1000' },
    ]);
  });
});

describe('nothing is merged in silence', () => {
  test('numbers that Excel shortened', async () => {
    const table =
      'SKU,Title,image_url\n4.00638E+12,Red,https://x/1\n4.00638E+12,Blue,https://x/2\nB,Jar,https://x/3\n';
    expect(Object.keys(await skusOf(table))).toEqual(['B']);
    expect(await notesOf(table)).toEqual([expect.stringContaining('Excel turned codes into numbers')]);
    expect(
      await notesOf('SKU,image_url\n4.00638E+12,https://x/1\n4.00638E+12,https://x/2\nB,https://x/3\n'),
    ).toEqual([expect.stringContaining('lines 2 and 3 share it; Excel turned codes into numbers')]);
  });

  test('one code with two titles', async () => {
    const table =
      'SKU,Title,image_url\nA,Mug,https://x/1\nA,Bowl,https://x/2\nB,Jar,https://x/3\nB,jar ,https://x/4\n';
    expect(await skusOf(table)).toEqual({ B: ['https://x/3', 'https://x/4'] });
    expect(await notesOf(table)).toEqual([
      'line 2 has the code A, and lines 2 and 3 are headed "Mug" and "Bowl"; one code cannot be two products. The rows of this code were left out',
    ]);
  });

  test('errors of formulas, as codes and as photos', async () => {
    const table =
      'SKU,Title,image_url\n#N/A,Bowl,https://x/2\n#NV,Cup,https://x/3\nA,Mug,#REF!\nB,#VALUE!,https://x/4\n';
    const reading = await read(table);
    expect(reading.skus).toEqual([{ sku: 'B', images: [{ url: 'https://x/4' }], photoOrder: 'given' }]);
    expect(await notesOf(table)).toEqual([
      expect.stringContaining('line 2 has the code #N/A'),
      expect.stringContaining('line 3 has the code #NV'),
      expect.stringContaining('"#REF!", which is an error of a spreadsheet’s formula'),
      expect.stringContaining('has no photo that can be fetched for SKU "A"'),
    ]);
  });
});

describe('columns chosen by hand', () => {
  const table = 'Nr,Was,Vorne,Hinten,Extra\n1,Tasse,https://x/1,https://x/2,https://x/3\n';

  test('by heading or by number; all others stay attributes', async () => {
    const columns = { sku: ['Nr'], main: [4], image: ['vorne'], title: ['Was'] };
    const reading = await read(table, { columns });
    expect(reading.skus).toEqual([
      {
        sku: '1',
        images: [{ url: 'https://x/2' }, { url: 'https://x/1' }],
        photoOrder: 'given',
        attributes: { Was: 'Tasse', Extra: 'https://x/3' },
      },
    ]);
    expect(reading.columns.map(({ is }) => is)).toEqual(['sku', 'attribute', 'image', 'main', 'attribute']);
  });

  test('that are not there are named', async () => {
    expect(await faultsOf(table, { columns: { sku: ['Nummer'], image: [9] } })).toEqual(
      expect.arrayContaining([
        'columns names "Nummer", which is no column of the table',
        'columns names 9, which is no column of the table',
      ]),
    );
  });

  test('say with samples what there is to choose from', async () => {
    const { columns } = await read(table, { columns: { sku: ['Nr'], image: ['Vorne'] } });
    expect(columns[1]).toEqual({ heading: 'Was', is: 'attribute', name: 'Was', samples: ['Tasse'] });
  });
});

describe('photos', () => {
  test('a page’s address is a photo’s only where there is no other', async () => {
    expect(await skusOf('sku,url,image_url\nA,https://x/page,https://x/1\n')).toEqual({ A: ['https://x/1'] });
    expect(await skusOf('sku,url\nA,https://x/1\n')).toEqual({ A: ['https://x/1'] });
  });

  test('with names of their own are ordered by those, as in JSON', async () => {
    const { skus } = await read('sku,url,image_name\nA,https://x/1,back.jpg\nA,https://x/2,main.jpg\n');
    expect(skus[0]).not.toHaveProperty('photoOrder');
    expect(skus[0]?.images).toEqual([
      { url: 'https://x/1', name: 'back.jpg' },
      { url: 'https://x/2', name: 'main.jpg' },
    ]);
  });

  test('that are paths are put behind the folder’s address', async () => {
    const table =
      'sku,base_image,additional_images,product_type\nA,/m/b/1.jpg,"/m/b/1.jpg,/m/b/2 x.jpg",simple\n';
    expect(await skusOf(table, { photoBase: 'https://shop.example/media/catalog/product/' })).toEqual({
      A: [
        'https://shop.example/media/catalog/product/m/b/1.jpg',
        'https://shop.example/media/catalog/product/m/b/2%20x.jpg',
      ],
    });
  });

  test('of drafts are taken when there is nothing else, or when asked for', async () => {
    const draft = 'Handle,Title,Variant SKU,Image Src,Status\na,A,A,https://x/1,draft\n';
    expect(await skusOf(draft)).toEqual({ A: ['https://x/1'] });
    const both = `${draft}b,B,B,https://x/2,active\n`;
    expect(Object.keys(await skusOf(both))).toEqual(['B']);
    expect(Object.keys(await skusOf(both, { drafts: true }))).toEqual(['A', 'B']);
  });
});

describe('codes in a workbook', () => {
  /** A sheet whose first row is empty, with a code formatted as `00000` and one that is a plain number. */
  function workbook(photo = 'image', more: Record<string, string> = {}): Buffer {
    const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
    const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
    const packages = 'http://schemas.openxmlformats.org/package/2006';
    const text = (ref: string, value: string) => `<c r="${ref}" t="inlineStr"><is><t>${value}</t></is></c>`;
    const row = (n: number, code: string) => `<row r="${n}">${code}${text(`B${n}`, `https://x/${n}`)}</row>`;
    const files = {
      '[Content_Types].xml': `<Types xmlns="${packages}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
      '_rels/.rels': `<Relationships xmlns="${packages}/relationships"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
      'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>`,
      'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${packages}/relationships"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
      'xl/styles.xml': `<styleSheet xmlns="${main}"><numFmts count="1"><numFmt numFmtId="164" formatCode="00000"/></numFmts><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>`,
      'xl/worksheets/sheet1.xml': `<worksheet xmlns="${main}"><sheetData><row r="2">${text('A2', 'sku')}${text('B2', photo)}</row>${row(3, '<c r="A3" s="1"><v>123</v></c>')}${row(4, '<c r="A4" s="0"><v>123</v></c>')}${row(5, '<c r="A5" s="1"><v>4711123</v></c>')}</sheetData></worksheet>`,
    };
    const entries = Object.entries({ ...files, ...more }).map(
      ([name, content]) => [name, Buffer.from(content)] as const,
    );
    return Buffer.from(zipSync(Object.fromEntries(entries)));
  }

  test('pictures in the workbook itself are told where it has no addresses', async () => {
    const { faults } = await read(
      workbook('note', { 'xl/media/image1.png': 'x', 'xl/media/image2.jpeg': 'x' }),
    );
    expect(faults.at(-1)).toMatchObject({
      path: 'workbook',
      message: expect.stringMatching(/^holds 2 pictures itself, which are not read/),
    });
  });

  test('a cell that shows a word and is linked to a photo is that photo', async () => {
    const sheet = `<worksheet xmlns:r="x"><sheetData>${['sku', 'A-1', 'A-2'].map((code, at) => `<row r="${at + 1}"><c r="A${at + 1}" t="inlineStr"><is><t>${code}</t></is></c><c r="B${at + 1}" t="inlineStr"><is><t>${at === 0 ? 'image' : 'click'}</t></is></c></row>`).join('')}</sheetData><hyperlinks><hyperlink ref="B2" r:id="r1"/><hyperlink ref="B3" r:id="r2"/></hyperlinks></worksheet>`;
    const links = `<Relationships><Relationship Id="r1" Target="https://x.example/a.jpg?w=1&amp;h=2" TargetMode="External"/><Relationship Id="r2" Target="https://x.example/page" TargetMode="External"/></Relationships>`;
    const { skus, warnings } = await read(
      workbook('image', {
        'xl/worksheets/sheet1.xml': sheet,
        'xl/worksheets/_rels/sheet1.xml.rels': links,
      }),
    );
    expect(skus).toMatchObject([{ sku: 'A-1', images: [{ url: 'https://x.example/a.jpg?w=1&h=2' }] }]);
    expect(warnings.map(({ message }) => message).join()).toContain('"click", which is not an address');
  });

  test('keep the zeros that their number format shows', async () => {
    expect(Object.keys(await skusOf(workbook()))).toEqual(['123', '4711123', '00123']);
    expect((await read(workbook())).skus.map(({ sku }) => sku)).toEqual(['00123', '123', '4711123']);
  });
});
