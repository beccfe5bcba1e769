import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readApiConfig } from './api-config.ts';
import { ConfigError } from './config-error.ts';
import { readWorkerConfig } from './worker-config.ts';

const REDIS = { REDIS_URL: 'redis://127.0.0.1:6379' };

function faultsOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError)
      return error.faults.map((fault) => `${fault.variable} ${fault.message}`);
    throw error;
  }
  return [];
}

describe('readApiConfig', () => {
  test('needs nothing but Redis', () => {
    expect(readApiConfig(REDIS)).toEqual({
      redisUrl: 'redis://127.0.0.1:6379',
      queuePrefix: 'studio',
      host: '127.0.0.1',
      port: 3000,
      apiKeys: [],
      logLevel: 'info',
      metricsAccess: 'open',
      shutdownTimeoutMs: 30_000,
      jobLockMs: 15_000,
      dataDir: resolve('.data'),
      store: { kind: 'file', folder: resolve('.data/objects'), keepDays: { inputs: 7, answers: 31 } },
      outgoing: { allowPrivate: false, allowOrigins: [] },
      model: { engine: 'local' },
      catalogue: {
        models: [
          { alias: 'default', pool: 'default', model: { engine: 'local' }, quota: { callsPerMinute: 6000 } },
        ],
        defaultAlias: 'default',
        fallbackAliases: [],
      },
      quota: { callsPerMinute: 6000 },
      retentionDays: 90,
      economyHourMs: 3_600_000,
      webhooks: { secrets: [], roots: [] },
      linkSecrets: [],
      shareLedger: false,
      requestsPerMinute: 6000,
      uploads: {
        keepDays: 30,
        maxBytesOfTenant: 53_687_091_200,
        maxBytes: 31_457_280,
        maxPixels: 50_000_000,
        minPixels: 100,
        folder: resolve('.data/uploads'),
      },
      tracing: { headers: {}, resource: {}, share: 1 },
    });
  });

  test('takes the collector of traces by the variables of OpenTelemetry, and shows none of its keys in a fault', () => {
    const env = {
      ...REDIS,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20c2VjcmV0, x-team=pictures',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=production',
      OTEL_TRACES_SAMPLER_ARG: '0.1',
    };
    expect(readApiConfig(env).tracing).toEqual({
      url: 'http://collector:4318/v1/traces',
      headers: { authorization: 'Basic c2VjcmV0', 'x-team': 'pictures' },
      resource: { 'deployment.environment': 'production' },
      share: 0.1,
    });
    const wrong = { ...env, OTEL_EXPORTER_OTLP_HEADERS: 's3cr3t-s3cr3t', OTEL_TRACES_SAMPLER_ARG: '2' };
    expect(faultsOf(() => readApiConfig(wrong))).toEqual([
      'OTEL_EXPORTER_OTLP_HEADERS must be name=value pairs, with commas between them',
      'OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1',
    ]);
  });

  test('reads keys with and without role and tenant', () => {
    const keys =
      'plain-0123456789, acme:second-0123456789,viewer@third-0123456789,operator@acme:four:th-0123456789,admin@x:fi@fth-0123456789';
    expect(readApiConfig({ ...REDIS, API_KEYS: keys }).apiKeys).toEqual([
      { role: 'admin', tenant: 'default', key: 'plain-0123456789' },
      { role: 'admin', tenant: 'acme', key: 'second-0123456789' },
      { role: 'viewer', tenant: 'default', key: 'third-0123456789' },
      { role: 'operator', tenant: 'acme', key: 'four:th-0123456789' },
      { role: 'admin', tenant: 'x', key: 'fi@fth-0123456789' },
    ]);
  });

  test.each([
    [
      'vewer@acme:s3cr3t-s3cr3t-s3cr3t',
      'API_KEYS entry 1 has an unknown role before "@" (known: viewer, operator, admin)',
    ],
    ['good-0123456789abc,,', 'API_KEYS entry 2 has an empty key or one with spaces or non-ASCII characters'],
    ['acme:', 'API_KEYS entry 1 has an empty key or one with spaces or non-ASCII characters'],
    [
      'a b:s3cr3t-s3cr3t-s3cr3t',
      'API_KEYS entry 1 has a tenant that is not 1–64 letters, digits, ".", "_" or "-"',
    ],
    ['s3cr3t-s3cr3t-s3cr3t,viewer@s3cr3t-s3cr3t-s3cr3t', 'API_KEYS holds the same key twice'],
    [
      'long-enough-0123456789,viewer@acme:s3cr3t-7890123',
      'API_KEYS entry 2 has a key of 14 characters, the least is 16: make one with "openssl rand -hex 24"',
    ],
  ])('refuses the key list %p without showing it', (keys, fault) => {
    expect(faultsOf(() => readApiConfig({ ...REDIS, API_KEYS: keys }))).toEqual([fault]);
  });

  test.each(['0.0.0.0', '::', '192.168.1.4', 'studio.example.com', '127.evil.example'])(
    'starts on %s only with keys',
    (HOST) => {
      expect(faultsOf(() => readApiConfig({ ...REDIS, HOST }))).toEqual([
        `API_KEYS is required when HOST (${HOST}) is not a loopback address: without keys anybody could use it`,
      ]);
      expect(readApiConfig({ ...REDIS, HOST, API_KEYS: 'k-0123456789abcdef' }).host).toBe(HOST);
    },
  );

  test.each(['127.0.0.1', '127.8.9.1', 'localhost', '::1'])('starts on %s without keys', (HOST) => {
    expect(readApiConfig({ ...REDIS, HOST }).apiKeys).toEqual([]);
  });

  test('knows the engine without holding its key', () => {
    const config = readApiConfig({ ...REDIS, GEMINI_API_KEY: 'AIza-very-secret' });
    expect(config.model).toEqual({ engine: 'gemini', defaultModel: 'gemini-nano-banana-2.1' });
    expect(JSON.stringify(config)).not.toContain('very-secret');
  });

  test('paces a provider carefully, the local engine not, and both as told', () => {
    const quotaOf = (env: object) => readApiConfig({ ...REDIS, ...env }).quota.callsPerMinute;
    expect(quotaOf({ GEMINI_API_KEY: 'k' })).toBe(60);
    expect(quotaOf({ GEMINI_API_KEY: 'k', IMAGE_MODEL: 'local' })).toBe(6000);
    expect(quotaOf({ AI_CALLS_PER_MINUTE: '7' })).toBe(7);
  });

  test('is frozen to its depth', () => {
    const config = readApiConfig({ ...REDIS, API_KEYS: 'k-0123456789abcdef' });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.store)).toBe(true);
    expect(Object.isFrozen(config.apiKeys[0])).toBe(true);
  });
});

describe('readWorkerConfig', () => {
  test('PICTURE_THREADS sets what is done once a core', () => {
    expect(readWorkerConfig({ ...REDIS, PICTURE_THREADS: '3' })).toMatchObject({
      pictureThreads: 3,
      skuConcurrency: 12,
    });
    expect(readWorkerConfig({ ...REDIS, PICTURE_THREADS: '3', SKU_CONCURRENCY: '5' }).skuConcurrency).toBe(5);
  });

  test('has the defaults of the contract', () => {
    const config = readWorkerConfig(REDIS);
    expect(config).toMatchObject({
      opsPort: 9464,
      model: { engine: 'local' },
      aiConcurrency: 32,
      aiTimeoutMs: 180_000,
      aiRetryBaseMs: 2000,
      source: {
        maxBytes: 31_457_280,
        maxPixels: 50_000_000,
        timeoutMs: 120_000,
        connectTimeoutMs: 20_000,
        retries: 2,
        allowPrivate: false,
        allowOrigins: [],
      },
    });
    expect(config.skuConcurrency % 4).toBe(0);
  });

  test('waits as long as an AI call may take before it stops, unless it is told otherwise', () => {
    const graceOf = (env: object) => readWorkerConfig({ ...REDIS, ...env }).shutdownTimeoutMs;
    expect(graceOf({})).toBe(200_000);
    expect(graceOf({ AI_TIMEOUT_MS: '60000' })).toBe(80_000);
    expect(graceOf({ SHUTDOWN_TIMEOUT_MS: '5000' })).toBe(5000);
    expect(faultsOf(() => graceOf({ SHUTDOWN_TIMEOUT_MS: 'soon' }))).toHaveLength(1);
  });

  test('takes headers for suppliers by exact origin, and shows none of them in a fault', () => {
    const headersOf = (SOURCE_HEADERS: string) =>
      readWorkerConfig({ ...REDIS, SOURCE_HEADERS }).source.headers;
    expect(headersOf('')).toEqual({});
    const given = { 'https://cdn.example': { authorization: 'Bearer topsecret' } };
    expect(headersOf(JSON.stringify(given))).toEqual(given);
    for (const text of [
      'topsecret',
      '{"https://cdn.example/path": {"a": "topsecret"}}',
      '{"https://cdn.example": {"a": "top\\nsecret"}}',
    ]) {
      const faults = faultsOf(() => headersOf(text));
      expect(faults).toEqual([
        expect.stringMatching(/^SOURCE_HEADERS must be JSON of headers by exact origin/),
      ]);
      expect(faults.join()).not.toContain('secret');
    }
  });

  test('signs webhooks with every secret that is named', () => {
    const secretsOf = (WEBHOOK_SECRET: string) =>
      readWorkerConfig({ ...REDIS, WEBHOOK_SECRET }).webhooks.secrets;
    expect(secretsOf('')).toEqual([]);
    expect(secretsOf('whsec_bmV3')).toEqual(['whsec_bmV3']);
    expect(secretsOf('whsec_bmV3 whsec_b2xk')).toEqual(['whsec_bmV3', 'whsec_b2xk']);
    expect(secretsOf(' whsec_bmV3,, whsec_b2xk,')).toEqual(['whsec_bmV3', 'whsec_b2xk']);
    expect(faultsOf(() => secretsOf('whsec_bmV3,hunter2'))).toEqual([
      'WEBHOOK_SECRET must be "whsec_" and base64, or several of these separated by spaces or commas',
    ]);
  });

  test('takes Gemini as soon as a key is set, and the local engine when told to', () => {
    const key = { GEMINI_API_KEY: 'AIza-1', GEMINI_BASE_URL: 'http://127.0.0.1:9/' };
    expect(readWorkerConfig({ ...REDIS, ...key }).model).toEqual({
      engine: 'gemini',
      apiKey: 'AIza-1',
      baseUrl: 'http://127.0.0.1:9',
      defaultModel: 'gemini-nano-banana-2.1',
    });
    expect(readWorkerConfig({ ...REDIS, ...key, IMAGE_MODEL: 'local' }).model).toEqual({ engine: 'local' });
  });

  test('takes any server with the images API of OpenAI, and asks what its pictures cost', () => {
    const engine = { ...REDIS, IMAGE_MODEL: 'openai-images' };
    const modelOf = (env: Record<string, string>) => readWorkerConfig({ ...engine, ...env }).model;
    expect(modelOf({ OPENAI_API_KEY: 'sk-1' })).toEqual({
      engine: 'openai-images',
      apiKey: 'sk-1',
      baseUrl: 'https://api.openai.com',
      defaultModel: 'gpt-image-2',
      largest: '4K',
      maxInputImages: 16,
      batches: true,
    });
    expect(modelOf({ OPENAI_API_KEY: 'sk-1', OPENAI_BATCHES: 'false' }).batches).toBeUndefined();
    const own = { OPENAI_BASE_URL: 'http://gpu:8000/v1/', OPENAI_MODEL: 'Qwen/Qwen-Image-Edit-2511' };
    expect(modelOf({ ...own, OPENAI_USD_PER_PICTURE: '0' })).toEqual({
      engine: 'openai-images',
      baseUrl: 'http://gpu:8000',
      defaultModel: 'Qwen/Qwen-Image-Edit-2511',
      largest: '1K',
      maxInputImages: 1,
      usdPerPicture: 0,
    });
    expect(modelOf({ ...own, OPENAI_USD_PER_PICTURE: '0', OPENAI_BATCHES: 'true' }).batches).toBe(true);
    expect(faultsOf(() => modelOf({}))).toEqual([
      'OPENAI_API_KEY is required when IMAGE_MODEL is openai-images, unless OPENAI_BASE_URL names a server of your own',
    ]);
    expect(faultsOf(() => modelOf(own))).toEqual([
      'OPENAI_USD_PER_PICTURE is required with OPENAI_BASE_URL: what a picture costs there in US dollars, 0 for a server of your own',
    ]);
  });

  test('takes OpenRouter, whose models have an author', () => {
    const engine = { ...REDIS, IMAGE_MODEL: 'openrouter', OPENROUTER_API_KEY: 'sk-or-1' };
    expect(readWorkerConfig({ ...engine, OPENROUTER_MODEL: 'author/a-model' }).model).toEqual({
      engine: 'openrouter',
      apiKey: 'sk-or-1',
      defaultModel: 'author/a-model',
      maxInputImages: 4,
      mostUsdPerCall: 0.25,
    });
    expect(faultsOf(() => readWorkerConfig(engine))).toEqual([
      'OPENROUTER_MODEL is required when IMAGE_MODEL is openrouter',
    ]);
    expect(faultsOf(() => readWorkerConfig({ ...engine, OPENROUTER_MODEL: 'author/../x' }))).toEqual([
      'OPENROUTER_MODEL must be a model name such as author/name',
    ]);
  });

  test('names every fault at once, one line per variable', () => {
    const env = {
      SHUTDOWN_TIMEOUT_MS: 'soon',
      OPS_PORT: '70000',
      IMAGE_MODEL: 'gemini',
      OBJECT_STORE: 's3',
      S3_ACCESS_KEY_ID: 'id',
      AI_CALLS_PER_MINUTE: '0',
      AI_SPEND_PER_10_MIN_USD: '-3',
      ALLOW_PRIVATE_SOURCES: 'maybe',
      SOURCE_ALLOW_ORIGINS: 'http://127.0.0.1:1/path',
      LOG_LEVEL: 'loud',
      AI_TIMEOUT_MS: '3000000000',
    };
    expect(faultsOf(() => readWorkerConfig(env))).toEqual([
      'REDIS_URL is required',
      'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, but is "loud"',
      'SHUTDOWN_TIMEOUT_MS must be a whole number from 1 to 2147483647, but is "soon"',
      'OPS_PORT must be a whole number from 0 to 65535, but is "70000"',
      'AI_TIMEOUT_MS must be a whole number from 1 to 2147483647, but is "3000000000"',
      'S3_BUCKET is required when OBJECT_STORE is s3',
      'S3_SECRET_ACCESS_KEY is required when S3_ACCESS_KEY_ID is set',
      'GEMINI_API_KEY is required when IMAGE_MODEL is gemini',
      'AI_CALLS_PER_MINUTE must be a whole number from 1 to 6000, but is "0"',
      'AI_SPEND_PER_10_MIN_USD must be a positive amount of US dollars, but is "-3"',
      'ALLOW_PRIVATE_SOURCES must be true or false, but is "maybe"',
      'SOURCE_ALLOW_ORIGINS must be a comma-separated list of exact http(s) origins, without a path',
    ]);
  });

  test('takes an empty or blank variable as unset', () => {
    const env = { ...REDIS, OPS_PORT: '', IMAGE_MODEL: ' ', GEMINI_API_KEY: '', OBJECT_STORE: '' };
    expect(readWorkerConfig(env)).toEqual(readWorkerConfig(REDIS));
  });

  test('does not look at variables of a choice that was not made', () => {
    const env = { ...REDIS, S3_ENDPOINT: 'nonsense', GEMINI_BASE_URL: 'nonsense', PORT: 'x', API_KEYS: ',' };
    expect(faultsOf(() => readWorkerConfig(env))).toEqual([]);
    const s3 = { ...REDIS, OBJECT_STORE: 's3', S3_BUCKET: 'b', S3_PUBLIC_URL: 'https://cdn.example/x/' };
    expect(readWorkerConfig({ ...s3, STUDIO_DATA_DIR: '' }).store).toEqual({
      kind: 's3',
      bucket: 'b',
      region: 'auto',
      forcePathStyle: false,
      publicUrl: 'https://cdn.example/x',
      checksums: 'required',
    });
  });

  test('never shows a secret, not even one pasted into the wrong variable', () => {
    const secret = 'AIzaSyD-1234567890abcdefghijklmn';
    const names = [
      'REDIS_URL',
      'REDIS_CA',
      'REDIS_CERT',
      'REDIS_KEY',
      'OPS_PORT',
      'IMAGE_MODEL',
      'OBJECT_STORE',
      'LOG_LEVEL',
      'QUEUE_PREFIX',
    ];
    for (const name of [...names, 'ALLOW_PRIVATE_SOURCES', 'GEMINI_BASE_URL', 'GEMINI_MODEL']) {
      const env = { ...REDIS, GEMINI_API_KEY: 'k', [name]: `${secret} ` };
      expect(faultsOf(() => readWorkerConfig(env)).join('\n')).not.toContain(secret);
    }
    const url = { REDIS_URL: 'http://:hunter2@redis:6379' };
    expect(faultsOf(() => readWorkerConfig(url))).toEqual([
      'REDIS_URL must be redis://host:6379, rediss://host:6379 or redis+sentinel://host:26379,host:26379/name (rediss+sentinel:// with TLS)',
    ]);
  });
});
