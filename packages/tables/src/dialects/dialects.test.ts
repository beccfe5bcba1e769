import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { readTable, type TableReading } from '../read-table.ts';
import { DIALECTS } from './dialect.ts';

const FOLDER = new URL('../../fixtures/', import.meta.url);
const names = readdirSync(FOLDER).filter((name) => !name.endsWith('.expected'));

/** `<dialect> <format> <encoding>`, a line for each SKU with the numbers of its photos in order, the warnings. */
function told({ dialect, format, encoding, skus, warnings }: TableReading): string {
  const numberOf = (url: string) => /\/img\/(\d+)\//.exec(url)?.[1] ?? url;
  return [
    [dialect, format, encoding].filter(Boolean).join(' '),
    ...skus.map(({ sku, images }) => `${sku}: ${images.map(({ url }) => numberOf(url)).join(' ')}`),
    ...warnings.map(({ path, message }) => `! ${path} ${message}`),
    '',
  ].join('\n');
}

describe('the tables of each shop, with the headings that it writes', () => {
  test.each(names)('%s: its codes, their main photo first and the others in order', async (name) => {
    const expected = readFileSync(new URL(`${name}.expected`, FOLDER), 'utf8');
    const reading = await readTable(readFileSync(new URL(name, FOLDER)));
    expect(told(reading)).toBe(expected);
    expect(reading.faults).toEqual([]);
    expect(reading.skus.every(({ photoOrder }) => photoOrder === 'given')).toBe(true);
  });

  test('every dialect has one', () => {
    const shown = new Set(names.map((name) => name.split(/[-.]/, 1)[0]));
    expect(DIALECTS.filter((dialect) => !shown.has(dialect))).toEqual([]);
  });
});
