import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readApiConfig } from './api-config.ts';
import { ConfigError } from './config-error.ts';
import { readWorkerConfig } from './worker-config.ts';

const ENV = {
  REDIS_URL: 'redis://127.0.0.1:6379',
  GEMINI_API_KEY: 'AIza-secret',
  GPT_KEY: 'sk-secret',
};
const MODELS = {
  gpt: { provider: 'openai-images', model: 'gpt-image-2', keyVariable: 'GPT_KEY', callsPerMinute: 50 },
  'own/sd': {
    provider: 'openai-images',
    model: 'qwen/image-edit',
    baseUrl: 'http://gpu:1234/v1/',
    price: 0,
    concurrency: 1,
    timeoutMs: 600_000,
    abilities: { photos: 2 },
  },
};
const worker = (models: unknown, env = {}) =>
  readWorkerConfig({ ...ENV, STUDIO_MODELS: JSON.stringify(models), ...env }, [
    'gemini',
    'local',
    'openai-images',
  ]);

function faultOf(models: unknown, env = {}): string {
  try {
    worker(models, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'none';
}

describe('STUDIO_MODELS', () => {
  test('names models beside the one of the other variables, each with what it is asked with', () => {
    const { catalogue, model, quota } = worker(MODELS, { AI_CALLS_PER_MINUTE: '7' });
    expect(catalogue.defaultAlias).toBe('default');
    expect(catalogue.models.map(({ alias, pool }) => `${alias}=${pool}`)).toEqual([
      'default=default',
      'gpt=gpt',
      'own/sd=own/sd',
    ]);
    expect([model.engine, quota.callsPerMinute]).toEqual(['gemini', 7]);
    expect(catalogue.models[1]).toMatchObject({
      model: { apiKey: 'sk-secret' },
      quota: { callsPerMinute: 50 },
    });
    expect(catalogue.models[2]).toEqual({
      alias: 'own/sd',
      pool: 'own/sd',
      model: {
        engine: 'openai-images',
        defaultModel: 'qwen/image-edit',
        baseUrl: 'http://gpu:1234',
        largest: '1K',
        maxInputImages: 2,
        usdPerPicture: 0,
      },
      quota: { callsPerMinute: 60 },
      concurrency: 1,
      timeoutMs: 600_000,
    });
  });

  test('is read from a file, and by the API without keys', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'studio-models-')), 'models.json');
    writeFileSync(file, JSON.stringify(MODELS));
    const { catalogue } = readApiConfig({ ...ENV, STUDIO_MODELS: file });
    expect(catalogue.models).toHaveLength(3);
    expect(JSON.stringify(catalogue)).not.toContain('secret');
  });

  test('gives one account one pool, whatever it is called; another key is another account', () => {
    const nano = { provider: 'gemini', model: 'gemini-nano-banana-2.1', keyVariable: 'GEMINI_API_KEY' };
    const { catalogue } = worker({
      nano,
      mine: MODELS.gpt,
      ours: MODELS.gpt,
      theirs: { ...MODELS.gpt, keyVariable: 'GEMINI_API_KEY' },
    });
    expect(catalogue.models.map(({ pool }) => pool)).toEqual([
      'default',
      'default',
      'mine',
      'mine',
      'theirs',
    ]);
  });

  test('gives the API the pools that a worker has, also for another name of the default model', () => {
    const baseUrl = 'http://relay:9';
    const mine = {
      provider: 'gemini',
      model: 'gemini-nano-banana-2.1',
      keyVariable: 'GEMINI_API_KEY',
      baseUrl,
    };
    const gpt = { ...MODELS.gpt, keyVariable: 'OPENAI_API_KEY' };
    for (const env of [
      { GEMINI_BASE_URL: `${baseUrl}/` },
      { IMAGE_MODEL: 'openai-images', OPENAI_API_KEY: 'sk-own', OPENAI_MODEL: 'gpt-image-2' },
    ]) {
      const all = { ...ENV, OPENAI_API_KEY: 'sk-own', STUDIO_MODELS: JSON.stringify({ mine, gpt }), ...env };
      const poolsOf = ({ catalogue }: ReturnType<typeof readApiConfig>) =>
        catalogue.models.map(({ pool }) => pool);
      const served = worker({ mine, gpt }, { OPENAI_API_KEY: 'sk-own', ...env }).catalogue.models;
      expect(poolsOf(readApiConfig(all))).toEqual(served.map(({ pool }) => pool));
      expect(served.filter(({ pool }) => pool === 'default')).toHaveLength(2);
    }
  });

  test('are named in order for batches that name none', () => {
    const { catalogue } = worker(MODELS, { STUDIO_DEFAULT_MODELS: 'gpt, default,own/sd' });
    expect([catalogue.defaultAlias, ...catalogue.fallbackAliases]).toEqual(['gpt', 'default', 'own/sd']);
    expect(faultOf(MODELS, { STUDIO_DEFAULT_MODELS: 'gpt,nobody' })).toContain(
      'STUDIO_DEFAULT_MODELS names nobody, but STUDIO_MODELS has default, gpt, own/sd',
    );
    expect(faultOf(MODELS, { STUDIO_DEFAULT_MODELS: 'gpt,gpt' })).toContain('must not name a model twice');
  });

  test('may say what the default is: a model, or an alias', () => {
    const named = worker({ ...MODELS, default: 'gpt' });
    expect(named.catalogue.defaultAlias).toBe('gpt');
    expect([named.model.defaultModel, named.quota.callsPerMinute]).toEqual(['gpt-image-2', 50]);
    expect(named.catalogue.models.map(({ alias, pool }) => `${alias}=${pool}`)).toEqual([
      'default=default',
      'gpt=default',
      'own/sd=own/sd',
    ]);
    expect(worker({ default: MODELS.gpt }).model.defaultModel).toBe('gpt-image-2');
  });

  test.each([
    ['no JSON', '{"a":', 'STUDIO_MODELS must hold JSON'],
    [
      'no file',
      '/nowhere/models.json',
      'STUDIO_MODELS must be JSON, or the path of a file: /nowhere/models.json cannot be read',
    ],
    [
      'a provider nobody knows',
      { a: { provider: 'dalle', model: 'x' } },
      'a.provider is "dalle", but known are gemini, local, openai-images',
    ],
    [
      'a key in the place of its variable',
      { a: { ...MODELS.gpt, keyVariable: 'sk-abc' } },
      'a.keyVariable must be the name of a variable that holds the key, never the key itself',
    ],
    [
      'a key that is not there',
      { a: { ...MODELS.gpt, keyVariable: 'NOBODY' } },
      'a.keyVariable names NOBODY, which is not set',
    ],
    ['a field nobody knows', { a: { ...MODELS.gpt, rpm: 3 } }, 'a has unknown fields: rpm'],
    [
      'a quota of nothing',
      { a: { ...MODELS.gpt, callsPerMinute: 0 } },
      'a.callsPerMinute must be at least 1',
    ],
    [
      'a server without a price',
      { a: { ...MODELS['own/sd'], price: undefined } },
      'a.price is required with a baseUrl',
    ],
    ['an alias of Redis', { 'a:b': MODELS.gpt }, 'must be a plain name'],
    ['a default that is not there', { default: 'gpt' }, 'default names gpt, which is not described'],
    ['an alias of an alias', { a: 'default' }, 'only "default" may name another alias'],
  ])('says what is wrong with %s', (_, models, sentence) => {
    const fault =
      typeof models === 'string' ? faultOf(undefined, { STUDIO_MODELS: models }) : faultOf(models);
    expect(fault).toContain(sentence);
    expect(fault).not.toContain('sk-abc');
  });
});
