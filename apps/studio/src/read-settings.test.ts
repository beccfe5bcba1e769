import { describe, expect, test } from '@jest/globals';
import { readSettings } from './read-settings.ts';

describe('readSettings', () => {
  test('needs nothing', () => {
    const settings = readSettings({});
    expect(settings.redisUrl).toBeUndefined();
    expect(settings).toMatchObject({
      autoInstall: true,
      api: { port: 3000 },
      worker: { model: { engine: 'local' } },
    });
  });

  test('tells the faults of the API and of the worker in one message, each once', () => {
    const env = { REDIS_URL: 'http://x', PORT: 'abc', OPS_PORT: 'abc' };
    expect(() => readSettings(env)).toThrow(
      [
        'The configuration is wrong:',
        '  REDIS_URL must be a URL that starts with redis:// or rediss://',
        '  PORT must be a whole number from 0 to 65535, but is "abc"',
        '  OPS_PORT must be a whole number from 0 to 65535, but is "abc"',
      ].join('\n'),
    );
  });
});
