import type { ImageRecord, SkuRecord } from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import { csvCell, csvCode } from './csv-cell.ts';
import type { AttributeColumn, ManifestSku, ManifestSource } from './manifest-batch.ts';
import { manifestCsv } from './manifest-csv.ts';
import { manifestJson } from './manifest-json.ts';

const picture: ImageRecord = {
  role: 'main',
  kind: 'main',
  slot: 'main',
  round: 1,
  sourceUrl: 'https://x.example/a.jpg',
  key: 'image-studio/A/a_main-1.webp',
  callKey: 'c0ffee',
  width: 1600,
  height: 1600,
  bytes: 1234,
  format: 'webp',
  checks: [
    { rule: 'size', measured: '1600×1600', required: '1600×1600', pass: true },
    { rule: 'fill', measured: 0.6, required: '0.8–0.9', pass: false },
  ],
  reused: false,
  costUsd: 0.039,
  model: 'local',
  prompt: 'On white,\n"clean"',
  inputs: [{ sha256: 'abc', url: 'https://x.example/a.jpg' }],
  createdAt: '2026-11-24T00:00:00.000Z',
};
const failure = {
  code: 'SOURCE_NOT_FOUND',
  message: 'the photo is gone (404)',
  stage: 'download',
  retryable: false,
} as const;

function sku(
  code: string,
  change: Partial<Omit<ManifestSku, 'record'>> & { record?: Partial<SkuRecord> } = {},
): ManifestSku {
  const record = { stage: null, attempts: 1, timeline: [], images: [picture], ...change.record };
  const input = { sku: code, images: [{ url: 'https://x.example/a.jpg' }] };
  return { index: 0, input, state: 'completed', ...change, record };
}

function sourceOf(skus: ManifestSku[], columns: AttributeColumn[] = []): ManifestSource {
  const counts = {
    total: skus.length,
    waiting: 0,
    active: 0,
    completed: skus.length,
    failed: 0,
    cancelled: 0,
    needsReview: 0,
  };
  return {
    batch: {
      id: 'b1',
      name: '春季',
      status: 'completed',
      counts,
      images: { expected: 1, done: 1 },
      calls: { made: 1, reused: 0, failed: 0 },
      costUsd: 0.039,
      seq: 9,
      createdAt: '2026-11-24T00:00:00.000Z',
      finishedAt: '2026-11-24T00:01:00.000Z',
      options: { profile: 'web' },
    },
    columns,
    skus: (async function* () {
      yield* skus;
    })(),
    linkOf: async (key) => `https://files.example/${key}`,
  };
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

/** A reader of RFC 4180 that shares nothing with the writer. */
function parseCsv(text: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') rows.push([]);
  }
  const [header = [], ...lines] = rows.filter((row) => row.length > 1);
  return lines.map((line) => Object.fromEntries(header.map((name, at) => [name, line[at] ?? ''])));
}

describe('the JSON manifest', () => {
  test('has the batch and one item per picture, with its provenance', async () => {
    const manifest = JSON.parse(await textOf(manifestJson(sourceOf([sku('A')]))));
    expect(manifest).toMatchObject({ version: 1, batch: { id: 'b1', name: '春季', profile: 'web', seq: 9 } });
    expect(manifest.items).toEqual([
      expect.objectContaining({
        sku: 'A',
        slot: 'main',
        round: 1,
        usable: false,
        key: picture.key,
        url: `https://files.example/${picture.key}`,
        model: 'local',
        prompt: picture.prompt,
        inputs: picture.inputs,
        callKey: 'c0ffee',
        costUsd: 0.039,
        checks: picture.checks,
      }),
    ]);
  });

  test('names the model as the batch does, and the way by which the picture came to it', async () => {
    const step = { round: 0, from: 'a', to: 'b', why: 'down', at: '2026-11-24T00:00:00.000Z' } as const;
    const moved = { images: [{ ...picture, alias: 'b' }], routes: { main: [step] } };
    const read = async (source: ManifestSource) => JSON.parse(await textOf(manifestJson(source))).items[0];
    expect(await read(sourceOf([sku('A', { record: moved })]))).toMatchObject({
      model: 'local',
      alias: 'b',
      route: [step],
    });
    const [line] = parseCsv(await textOf(manifestCsv(sourceOf([sku('A', { record: moved })]))));
    expect(line).toMatchObject({ ai_model: 'local', ai_alias: 'b', ai_route: 'a > b (down)' });
    const named = sourceOf([sku('A')]);
    named.batch.options.model = 'x/y';
    expect(await read(named)).toMatchObject({ alias: 'x/y', route: [] });
    expect(await read(sourceOf([sku('A')]))).toMatchObject({ alias: null, route: [] });
  });

  test('is JSON without any SKU, too, and has a line for one that failed', async () => {
    expect(JSON.parse(await textOf(manifestJson(sourceOf([])))).items).toEqual([]);
    const failed = sku('A', { state: 'failed', record: { images: [], failure } });
    const { items } = JSON.parse(await textOf(manifestJson(sourceOf([failed]))));
    expect(items).toEqual([{ sku: 'A', index: 0, state: 'failed', attempts: 1, attributes: {}, failure }]);
  });

  test('calls a picture usable when it passes or was approved, and not when it was rejected', async () => {
    const passing = { ...picture, checks: [] };
    const at = '2026-11-24T00:02:00.000Z';
    const images = [
      passing,
      picture,
      { ...picture, review: { decision: 'approved' as const, at } },
      { ...passing, review: { decision: 'rejected' as const, at } },
    ];
    const { items } = JSON.parse(await textOf(manifestJson(sourceOf([sku('A', { record: { images } })]))));
    expect(items.map(({ usable }: { usable: boolean }) => usable)).toEqual([true, false, true, false]);
  });
});

test.each([manifestJson, manifestCsv])('%p lets the event loop turn after each SKU', async (write) => {
  let turns = 0;
  const count = () => {
    turns += 1;
    ticking = setImmediate(count);
  };
  let ticking = setImmediate(count);
  await textOf(write(sourceOf(Array.from({ length: 20 }, (_, n) => sku(`S${n}`)))));
  clearImmediate(ticking);
  expect(turns).toBeGreaterThanOrEqual(20);
});

describe('the CSV manifest', () => {
  test('begins with the mark that Excel needs, and every line ends as RFC 4180 says', async () => {
    const csv = await textOf(manifestCsv(sourceOf([sku('A'), sku('B')])));
    expect(csv.startsWith('\u{feff}batch,sku,state,')).toBe(true);
    expect(csv.replaceAll('\r\n', '').replaceAll(picture.prompt.replaceAll('"', '""'), '')).not.toMatch(
      /[\r\n]/,
    );
    expect(parseCsv(csv).map((line) => line.sku)).toEqual(['A', 'B']);
  });

  test('gives back the client\u2019s columns as they were headed and in their order', async () => {
    const columns = [
      { heading: 'Title', name: 'title' },
      { heading: '2024', name: '2024' },
      { heading: '颜色, matt', name: '颜色, matt' },
    ];
    const input = {
      sku: 'A',
      images: [{ url: 'https://x.example/a.jpg' }],
      attributes: { '颜色, matt': '红"色"', title: 'Mug; large', 2024: ' x ' },
    };
    const csv = await textOf(manifestCsv(sourceOf([sku('A', { input })], columns)));
    const [line] = parseCsv(csv);
    expect(line).toMatchObject({ Title: 'Mug; large', 2024: ' x ', '颜色, matt': '红"色"' });
    expect(csv.split('\r\n')[0]).toMatch(/,Title,2024,"颜色, matt"$/);
  });

  test('lets the client keep a heading that is one of ours', async () => {
    const columns = [{ heading: 'State', name: 'State' }];
    const input = { sku: 'A', images: [{ url: 'https://x.example/a' }], attributes: { State: 'new' } };
    const [line] = parseCsv(await textOf(manifestCsv(sourceOf([sku('A', { input })], columns))));
    expect(line).toMatchObject({ State: 'new', studio_state: 'completed' });
  });

  test('sums up the checks and names those that failed', async () => {
    const [line] = parseCsv(await textOf(manifestCsv(sourceOf([sku('A')]))));
    expect(line).toMatchObject({
      checks_passed: '1',
      checks_failed: '1',
      check_failures: 'fill: 0.6, required 0.8–0.9',
      ai_prompt: picture.prompt,
      input_sha256: 'abc',
      usable: 'false',
    });
  });
});

describe('a cell', () => {
  test.each([
    ['=HYPERLINK("http://evil")', '"\'=HYPERLINK(""http://evil"")"'],
    ['@SUM(1)', "'@SUM(1)"],
    ['+1+1', "'+1+1"],
    ['-2+3', "'-2+3"],
    ['\t=1', '"\'\t\'=1"'],
    ['\n=1', '"\'\n\'=1"'],
    ['  =1+1', "'  =1+1"],
    ['＝1+1', "'＝1+1"],
    ['＠SUM(1)', "'＠SUM(1)"],
    [' -5 ', '" -5 "'],
    ["'=1", "''=1"],
    ['-5', '-5'],
    ['+49', '+49'],
    ['-1.5', '-1.5'],
    ["'tis", "'tis"],
    ['a=b', 'a=b'],
    ['a,b', '"a,b"'],
    ['red;=1+1', '"red;\'=1+1"'],
    ['red; @SUM(1);-5;x', '"red;\' @SUM(1);-5;x"'],
    ['red\t=1\n-2+3', '"red\t\'=1\n\'-2+3"'],
    ['a\r\n=1', '"a\r\n\'=1"'],
    ["red;'=1", '"red;\'\'=1"'],
    ['=1;=2', '"\'=1;\'=2"'],
    ['', ''],
  ])('with %j is written as %j', (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });

  test('cannot be run by any reader, whatever it takes for a separator', () => {
    const pieces = ['=1', '@x', '-2+3', ' =1', '＝1', ';', '\t', '\n', '\r\n', '"', ',', "'", 'a', '-5', ' '];
    let seed = 7;
    const random = () => {
      seed = (seed * 48_271) % 0x7fffffff;
      return seed % pieces.length;
    };
    for (let turn = 0; turn < 5000; turn += 1) {
      const text = Array.from({ length: 6 }, () => pieces[random()]).join('');
      const line = `sku,${csvCell(text)},end`;
      const cell = csvCell(text);
      const unquoted = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
      const cells = [unquoted, ...line.split(/[;\t\r\n]/)];
      const running = cells.filter(
        (cell) => /^\s*[=+\-@＝]/.test(cell) && !/^\s*-5[\s",;]*(end)?$/.test(cell),
      );
      expect({ text, line, running }).toEqual({ text, line, running: [] });
    }
  });

  test('keeps SKU codes that can do nothing, and defuses those that can', () => {
    for (const code of ['-A-12', '+RED_L', '-中文', '0012', 'A:1']) expect(csvCode(code)).toBe(code);
    for (const code of ['=A1', '@x', "-2+3+cmd|' /C calc'!A0"]) expect(csvCode(code)).toMatch(/^'/);
  });
});
