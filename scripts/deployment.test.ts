import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { readApiConfig } from '../packages/runtime/src/config/api-config.ts';
import { readWorkerConfig } from '../packages/runtime/src/config/worker-config.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SLICES = `${ROOT}/packages/runtime/src/config`;

interface Service {
  build?: string;
  image?: string;
  command: string[];
  environment?: Record<string, string>;
  healthcheck: { test: string[] };
  ports?: string[];
  volumes: string[];
  depends_on?: Record<string, { condition: string }>;
  [key: string]: unknown;
}

const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<'redis' | 'api' | 'worker', Service>;
  volumes: Record<string, unknown>;
};

/** Keys of the compose specification that are used here; a misspelt one would be an error only when somebody starts it. */
const SERVICE_KEYS = [
  'build',
  'command',
  'depends_on',
  'environment',
  'healthcheck',
  'image',
  'ports',
  'restart',
  'stop_grace_period',
  'volumes',
];

describe('docker-compose.yml', () => {
  const { redis, api, worker } = compose.services;

  test('has Redis, the API and a worker, and uses known keys only', () => {
    expect(Object.keys(compose.services)).toEqual(['redis', 'api', 'worker']);
    for (const service of Object.values(compose.services)) {
      expect(Object.keys(service).filter((key) => !SERVICE_KEYS.includes(key))).toEqual([]);
    }
  });

  test('runs a Redis that keeps everything and evicts nothing', () => {
    expect(redis.command.join(' ')).toContain('--appendonly yes');
    expect(redis.command.join(' ')).toContain('--maxmemory-policy noeviction');
    expect(redis.healthcheck.test).toEqual(['CMD', 'redis-cli', 'ping']);
    for (const service of [api, worker]) {
      expect(service.depends_on).toEqual({ redis: { condition: 'service_healthy' } });
    }
  });

  test('gives both processes one image, one folder and a main file that exists', () => {
    expect(worker.image).toBe(api.image);
    expect(api.volumes).toEqual(['objects:/data']);
    expect(worker.volumes).toEqual(api.volumes);
    expect(Object.keys(compose.volumes)).toEqual(['redis', 'objects']);
    for (const service of [api, worker]) expectMainFile(service.command);
  });

  test('lets workers be scaled: they publish no port and have no fixed name', () => {
    expect(worker.ports).toBeUndefined();
    expect(worker.container_name).toBeUndefined();
  });

  test('gives each process longer to stop than it takes', () => {
    const apiConfig = readApiConfig(substitute(api, { API_KEYS: 'secret-key-of-tests' }));
    const workerConfig = readWorkerConfig(substitute(worker, {}));
    const graceMs = ({ stop_grace_period }: Service) => 1000 * Number.parseInt(String(stop_grace_period), 10);
    expect(graceMs(api)).toBeGreaterThan(apiConfig.shutdownTimeoutMs);
    expect(graceMs(worker)).toBeGreaterThan(workerConfig.shutdownTimeoutMs);
  });

  test('checks health with what the image has', () => {
    for (const service of [api, worker]) {
      const [kind, program, , script = ''] = service.healthcheck.test;
      expect([kind, program]).toEqual(['CMD', 'node']);
      const port = /127\.0\.0\.1:(\d+)\/readyz/.exec(script)?.[1];
      expect(port).toBe(service.environment?.PORT ?? service.environment?.OPS_PORT);
      expect(() => new Function(script)).not.toThrow();
    }
  });

  test('is a valid configuration as it stands, with nothing but a key', () => {
    const apiConfig = readApiConfig(substitute(api, { API_KEYS: 'secret-key-of-tests' }));
    const workerConfig = readWorkerConfig(substitute(worker, {}));
    expect(apiConfig).toMatchObject({ host: '0.0.0.0', port: 3000, redisUrl: 'redis://redis:6379' });
    expect(workerConfig.store).toEqual(apiConfig.store);
    expect(workerConfig.queuePrefix).toBe(apiConfig.queuePrefix);
    expect(apiConfig.store).toMatchObject({ kind: 'file', folder: '/data/objects' });
  });

  test('refuses to start without a key', () => {
    expect(() => substitute(api, {})).toThrow('set API_KEYS');
  });

  test('passes every variable on that the code reads, and none that it does not', () => {
    const known = variablesOfTheCode();
    const passed = new Set([api, worker].flatMap((service) => Object.keys(service.environment ?? {})));
    expect([...passed].filter((name) => !known.has(name))).toEqual([]);
    // Set by the launcher for its sample catalogue, which does not exist here.
    known.delete('SOURCE_ALLOW_ORIGINS');
    expect([...known].filter((name) => !passed.has(name))).toEqual([]);
  });
});

describe('Dockerfile', () => {
  const lines = read('Dockerfile')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

  test('is made of known instructions and ends as somebody who is not root', () => {
    const instructions = lines.map((line) => line.split(' ', 1)[0]);
    const known = ['FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'VOLUME', 'USER', 'EXPOSE', 'CMD'];
    expect(instructions.filter((name) => !known.includes(name ?? ''))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('USER'))).toEqual(['USER node']);
    expect(instructions.indexOf('USER')).toBeGreaterThan(instructions.lastIndexOf('RUN'));
  });

  test('starts from the Node that the code is written for', () => {
    const images = lines.filter((line) => line.startsWith('FROM')).map((line) => line.split(' ')[1]);
    expect(new Set(images)).toEqual(new Set(['node:20-slim']));
  });

  test('runs a main file that exists', () => {
    const command = lines.find((line) => line.startsWith('CMD '))?.slice(4);
    expectMainFile(JSON.parse(command ?? '[]'));
  });

  test('keeps secrets and data out of the image', () => {
    const ignored = read('.dockerignore').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.env*', '**/.data', '**/node_modules', '.git']));
  });
});

/** `node apps/api/dist/main.js` is compiled from `apps/api/src/main.ts`. */
function expectMainFile([program, file = '']: string[]): void {
  expect(program).toBe('node');
  expect(existsSync(`${ROOT}/${file.replace('/dist/', '/src/').replace(/\.js$/, '.ts')}`)).toBe(true);
}

/** What compose makes of `${NAME:-default}` and `${NAME:?message}`. */
function substitute({ environment = {} }: Service, given: Record<string, string>): Record<string, string> {
  const value = (text: string) =>
    text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind: string, rest: string) => {
      if (given[name]) return given[name];
      if (kind === '?') throw new Error(rest);
      return rest ?? '';
    });
  return Object.fromEntries(Object.entries(environment).map(([name, text]) => [name, value(text)]));
}

/** Names of environment variables in the slices of the configuration. */
function variablesOfTheCode(): Set<string> {
  const files = readdirSync(SLICES).filter((name) => /-(slice|config)\.ts$/.test(name));
  const source = files.map((name) => readFileSync(`${SLICES}/${name}`, 'utf8')).join('\n');
  return new Set(
    [...source.matchAll(/^\s+([A-Z][A-Z0-9_]+):|\{ ([A-Z][A-Z0-9_]+):|, ([A-Z][A-Z0-9_]+):/gm)].flatMap(
      (match) => match.slice(1).filter(Boolean),
    ),
  );
}

function read(name: string): string {
  return readFileSync(`${ROOT}/${name}`, 'utf8');
}
