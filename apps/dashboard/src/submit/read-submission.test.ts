import { describe, expect, test } from '@jest/globals';
import { type FormOptions, readSubmission } from './read-submission.ts';

const plain: FormOptions = {
  name: '',
  profile: 'web',
  main: true,
  extraPrompt: '',
  secondary: false,
  kinds: [],
  budgetUsd: '',
};

describe('readSubmission', () => {
  test('leaves out what was not filled in', () => {
    const submission = readSubmission('A https://a.example/1.jpg', plain);
    expect(submission).toMatchObject({
      ok: true,
      body: {
        profile: 'web',
        main: true,
        secondary: false,
        skus: [{ sku: 'A', images: [{ url: 'https://a.example/1.jpg' }] }],
      },
    });
    expect(submission.ok && Object.keys(submission.body)).toEqual(['profile', 'main', 'secondary', 'skus']);
  });

  test('carries name, prompt, kinds and budget', () => {
    const options = {
      ...plain,
      name: ' Spring ',
      extraPrompt: 'warm light',
      secondary: true,
      kinds: ['detail'],
      budgetUsd: '2.50',
    };
    const submission = readSubmission('A https://a.example/1.jpg', options);
    expect(submission.ok && submission.body).toMatchObject({
      name: 'Spring',
      main: { extraPrompt: 'warm light' },
      secondary: { kinds: ['detail'] },
      budgetUsd: 2.5,
    });
  });

  test('asks for one secondary image when no kind was chosen', () => {
    const submission = readSubmission('A https://a.example/1.jpg', { ...plain, secondary: true });
    expect(submission.ok && submission.body.secondary).toEqual({ count: 1 });
  });

  test('takes a JSON request, whose own fields win, and a JSON list of SKUs', () => {
    const skus = [{ sku: 'A', images: [{ url: 'https://a.example/1.jpg' }] }];
    const whole = readSubmission(JSON.stringify({ profile: 'amazon', skus }), plain);
    expect(whole.ok && whole.body).toMatchObject({ profile: 'amazon', main: true, skus });
    const list = readSubmission(JSON.stringify(skus), plain);
    expect(list.ok && list.body).toMatchObject({ profile: 'web', skus });
  });

  test('says where the JSON breaks, and that something is to be pasted', () => {
    expect(readSubmission('{"skus": [', plain)).toMatchObject({ ok: false, faults: [{ path: 'JSON' }] });
    expect(readSubmission('  \n', plain)).toMatchObject({ ok: false, faults: [{ path: 'skus' }] });
  });

  test('translates the paths of the API back to lines of the text', () => {
    const submission = readSubmission('\nA https://a.example/1.jpg\n\nB https://a.example/2.jpg', plain);
    if (!submission.ok) throw new Error('expected a submission');
    expect(submission.where('skus[1].images[0].url')).toBe('line 4 · images[0].url');
    expect(submission.where('skus[0]')).toBe('line 2');
    expect(submission.where('budgetUsd')).toBe('budgetUsd');
  });
});
