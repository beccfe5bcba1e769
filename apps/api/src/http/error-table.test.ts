import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const API_DOC = readFileSync(new URL('../../../../docs/api.md', import.meta.url), 'utf8');
const SOURCE = new URL('../', import.meta.url);
const source = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => readFileSync(new URL(file, SOURCE), 'utf8'))
  .join('\n');

/** Rows of the table of errors: its statuses, and its codes. */
const rows = (API_DOC.split('\n## Errors\n')[1] ?? '')
  .split('\n## ')[0]
  ?.split('\n')
  .filter((line) => /^\| \d/.test(line))
  .map((line) => {
    const [, statuses = '', codes = ''] = line.split('|');
    return {
      statuses: statuses.trim().split(' '),
      codes: [...codes.matchAll(/`([A-Z_]+)`/g)].map(([, code = '']) => code),
    };
  });

test('the table of errors has every code that a route answers with, at its status', () => {
  const thrown = [...source.matchAll(/new ProblemError\(\s*(\d{3}),\s*'([A-Z_]+)'/g)];
  const mapped = [...source.matchAll(/\{ status: (\d{3}), code: '([A-Z_]+)' \}/g)];
  const missing = [...thrown, ...mapped].flatMap(([, status = '', code = '']) =>
    rows?.some((row) => row.statuses.includes(status) && row.codes.includes(code))
      ? []
      : [`${status} ${code}`],
  );
  expect(thrown.length).toBeGreaterThan(30);
  expect(missing).toEqual([]);
});

test('the table of errors names no code that no route answers with', () => {
  const gone = rows?.flatMap(({ codes }) => codes.filter((code) => !source.includes(`'${code}'`)));
  expect(gone).toEqual([]);
});
