import { describe, expect, test } from '@jest/globals';
import { FIRST_OPTIONS } from '../form/form-options.ts';
import { readSubmission } from './read-submission.ts';

const read = (text: string, options = FIRST_OPTIONS) => {
  const submission = readSubmission({ text }, options);
  if (!submission.ok) throw new Error('expected a submission');
  return submission;
};

describe('readSubmission', () => {
  test('sends lines as JSON with the options of the form', () => {
    const { query, body, contentType } = read('A https://a.example/1.jpg', {
      ...FIRST_OPTIONS,
      name: 'Spring',
    });
    expect([query, contentType]).toEqual(['', 'application/json']);
    expect(JSON.parse(body as string)).toMatchObject({
      name: 'Spring',
      main: true,
      skus: [{ sku: 'A', images: [{ url: 'https://a.example/1.jpg' }] }],
    });
  });

  test('sends a table as it is, with the options in the query', () => {
    const table = 'sku,url\nA,https://a.example/1.jpg\n';
    const { query, body, contentType } = read(table, { ...FIRST_OPTIONS, profile: 'etsy' });
    expect([body, contentType]).toEqual([table, 'text/csv']);
    expect(new URLSearchParams(query).get('profile')).toBe('etsy');
  });

  test('sends a file as the bytes that it holds, with what was chosen for its table', () => {
    const table = { bytes: new Uint8Array([0x50, 0x4b]), id: 'a.xlsx 2 1' };
    const submission = readSubmission({ text: '', table }, FIRST_OPTIONS, { sheet: 'Two' });
    expect(submission).toMatchObject({
      body: table.bytes,
      bodyId: table.id,
      contentType: 'application/octet-stream',
    });
    expect(new URLSearchParams(submission.ok ? submission.query : '').get('sheet')).toBe('Two');
  });

  test('takes a JSON request, whose own fields win, and a JSON list of SKUs', () => {
    const skus = [{ sku: 'A', images: [{ url: 'https://a.example/1.jpg' }] }];
    const whole = read(JSON.stringify({ profile: 'amazon', skus }));
    expect(JSON.parse(whole.body as string)).toMatchObject({ profile: 'amazon', main: true, skus });
    const list = read(JSON.stringify(skus));
    expect(JSON.parse(list.body as string)).toMatchObject({ profile: 'web', skus });
  });

  test('says where the JSON breaks; of nothing there is nothing to say', () => {
    expect(readSubmission({ text: '{"skus": [' }, FIRST_OPTIONS)).toMatchObject({
      ok: false,
      faults: [{ path: 'JSON' }],
    });
    expect(readSubmission({ text: '  \n' }, FIRST_OPTIONS)).toEqual({ ok: false, faults: [] });
  });

  test('has of lines that are partly wrong a request of the others, which can tell what is wrong with the form', () => {
    const text = 'A https://a.example/1.jpg\nB\nC https://a.example/3.jpg';
    const found = readSubmission({ text }, { ...FIRST_OPTIONS, budgetUsd: 'much' });
    if (found.ok || !found.rest) throw new Error('expected faults, and a request of the others');
    expect(found.faults.map(({ path }) => path)).toEqual(['line 2']);
    const { budgetUsd, skus } = JSON.parse(found.rest.body as string);
    expect([budgetUsd, skus.map(({ sku }: { sku: string }) => sku)]).toEqual(['much', ['A', 'C']]);
    expect(found.rest.where('skus[1].sku')).toBe('line 3 · sku');
  });

  test('translates the paths of the API back to lines of the text', () => {
    const { where } = read('\nA https://a.example/1.jpg\n\nB https://a.example/2.jpg');
    expect(where('skus[1].images[0].url')).toBe('line 4 · images[0].url');
    expect(where('skus[0]')).toBe('line 2');
    expect(where('budgetUsd')).toBe('budgetUsd');
  });
});
