import { describe, expect, test } from '@jest/globals';
import type { ProblemError } from './http/problem-error.ts';
import { originalJobBody } from './submission/read-original-job.ts';

const SOMEBODY = { tenant: 'default', role: 'admin', keyId: '' } as const;
const jobBody = originalJobBody(() => async (digests) => digests.map(() => false));

const read = (options: object, extra: object = {}) =>
  jobBody.read(
    {
      bytes: Buffer.from(
        JSON.stringify({
          mode: 'batch_series_generate',
          sku: '__batch__',
          options: { sku_images_map: { A: [{ url: 'https://x/a.jpg' }] }, ...options },
          ...extra,
        }),
      ),
      sha256: '',
    },
    'application/json',
    {},
    SOMEBODY,
  );
const optionsOf = async (options: object) => (await read(options)).options;

describe('options of the original client', () => {
  test('a bare job makes main images by the web profile', async () => {
    expect(await optionsOf({})).toEqual({ profile: 'web', main: true, secondary: false, language: 'en' });
  });

  test('null means left out', async () => {
    const nulls = {
      do_main: null,
      target_width: null,
      temperature: null,
      prompt_override: null,
      model: null,
      use_english: null,
    };
    expect(await optionsOf(nulls)).toEqual(await optionsOf({}));
  });

  test('sizes and formats become an output; what is missing is taken from the profile or the other side', async () => {
    expect((await optionsOf({ target_width: 800, target_height: 600, output_format: 'JPG' })).output).toEqual(
      {
        width: 800,
        height: 600,
        format: 'jpeg',
      },
    );
    expect((await optionsOf({ target_width: 800 })).output).toMatchObject({ width: 800, height: 800 });
    expect((await optionsOf({ output_format: 'png' })).output).toMatchObject({ format: 'png' });
  });

  test('prompts, language, concurrency, temperature and model are carried over', async () => {
    const options = await optionsOf({
      prompt_override: 'a mug',
      extra_prompt: 'no text',
      use_english: false,
      max_workers_main: 7,
      max_workers_secondary: 3,
      temperature: 0.4,
      model: 'gemini-x',
      do_secondary: true,
    });
    expect(options).toMatchObject({
      main: { prompt: 'a mug', extraPrompt: 'no text' },
      secondary: { extraPrompt: 'no text' },
      language: 'zh',
      concurrency: 3,
      temperature: 0.4,
      model: 'gemini-x',
    });
  });

  test('the pools of the original bound the calls of the pictures that are made', async () => {
    const pools = { max_workers_main: 7, max_workers_secondary: 3 };
    expect((await optionsOf(pools)).concurrency).toBe(7);
    expect((await optionsOf({ ...pools, do_main: false, do_secondary: true })).concurrency).toBe(3);
    expect((await optionsOf({ max_workers_secondary: 3 })).concurrency).toBeUndefined();
  });

  test('an empty override is none', async () => {
    expect((await optionsOf({ prompt_override: '  ', extra_prompt: '' })).main).toBe(true);
  });

  test.each([
    ['names of kinds', ['lifestyle', 'On Model', 'unknown'], { kinds: ['lifestyle', 'on-model'] }],
    ['kinds as keys', { detail: { w: 1 }, scale: 'x' }, { kinds: ['detail', 'scale'] }],
    [
      'objects with a kind and one prompt',
      [{ type: 'detail', prompt: 'close' }],
      { kinds: ['detail'], prompt: 'close' },
    ],
    [
      'templates of unknown kinds',
      [
        { name: 'hero', text: 'a' },
        { name: 'b', text: 'c' },
      ],
      { count: 2 },
    ],
    ['an empty list', [], {}],
    ['any other JSON', 'whatever', {}],
  ])('templates: %s', async (_name, templates, secondary) => {
    expect((await optionsOf({ do_secondary: true, templates })).secondary).toEqual(secondary);
  });

  test('sources keep their name and stem', async () => {
    const map = {
      'A/1': [
        { url: 'u', name: 'b.jpg', stem: 'b_main' },
        { url: 'v', name: '', stem: null },
      ],
    };
    expect((await read({ sku_images_map: map })).skus).toEqual([
      { sku: 'A/1', images: [{ url: 'u', name: 'b.jpg', stem: 'b_main' }, { url: 'v' }] },
    ]);
  });
});

describe('what is refused', () => {
  const refusal = (promise: Promise<unknown>) =>
    promise.catch((error: unknown) => error) as Promise<ProblemError>;

  test.each([
    ['at the top', {}, { api_key: 'AIza-secret' }],
    ['in the options', { api_base: 'https://evil.example/secret' }, {}],
    ['empty', { api_key: '' }, {}],
    ['in camel case', {}, { apiKey: 'AIza-secret' }],
    ['in a source', { sku_images_map: { A: [{ url: 'u', api_key: 'AIza-secret' }] } }, {}],
    ['in a template', { templates: [{ deep: { api_key: 'AIza-secret' } }] }, {}],
  ])('a credential %s, without repeating it', async (_name, options, extra) => {
    const error = await refusal(read(options, extra));
    expect(error).toMatchObject({ status: 400, code: 'CREDENTIALS_IN_BODY' });
    expect(JSON.stringify([error.message, error.errors])).not.toContain('secret');
  });

  test('a SKU may be called api_key, though', async () => {
    expect((await read({ sku_images_map: { api_key: [{ url: 'u' }] } })).skus).toMatchObject([
      { sku: 'api_key' },
    ]);
  });

  test('a SKU called __proto__ is a SKU like any other', async () => {
    const text =
      '{"mode":"batch_series_generate","options":{"sku_images_map":{"__proto__":[{"url":"u"}],"B":[{"url":"v"}]}}}';
    const draft = await jobBody.read(
      { bytes: Buffer.from(text), sha256: '' },
      'application/json',
      {},
      SOMEBODY,
    );
    expect(draft.skus.map(({ sku }) => sku)).toEqual(['__proto__', 'B']);
  });

  test('faults are named by path', async () => {
    const error = await refusal(
      read({ sku_images_map: { 'A 1': [{ name: 'x' }] }, temperature: 9, output_format: 'gif' }),
    );
    expect(error.status).toBe(422);
    expect(error.errors.map(({ path }) => path)).toEqual([
      'options.temperature',
      'options.sku_images_map["A 1"][0].url',
    ]);
    expect((await refusal(read({ output_format: 'gif' }))).errors).toMatchObject([
      { path: 'options.output_format' },
    ]);
    expect((await refusal(read({ sku_images_map: {} }))).errors).toMatchObject([
      { path: 'options.sku_images_map' },
    ]);
    expect((await refusal(read({ do_main: false }))).status).toBe(422);
  });
});
