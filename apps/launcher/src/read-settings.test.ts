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
        '  REDIS_URL must be redis://host:6379, rediss://host:6379 or redis+sentinel://host:26379,host:26379/name (rediss+sentinel:// with TLS)',
        '  PORT must be a whole number from 0 to 65535, but is "abc"',
        '  OPS_PORT must be a whole number from 0 to 65535, but is "abc"',
      ].join('\n'),
    );
  });
});
