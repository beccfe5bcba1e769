import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
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
  healthcheck?: { test: string[] };
  ports?: string[];
  volumes: string[];
  profiles?: string[];
  mem_limit?: string;
  logging?: object;
  depends_on?: Record<string, { condition: string }>;
  [key: string]: unknown;
}

const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<'redis' | 'api' | 'worker', Service> & Record<string, Service>;
  volumes: Record<string, unknown>;
};

describe('docker-compose.yml', () => {
  const { redis, api, worker } = compose.services;

  test('starts Redis, the API and a worker, and the rest only for who asks for it', () => {
    const profiles = Object.entries(compose.services).map(([name, { profiles = [] }]) => [name, ...profiles]);
    expect(profiles).toEqual([
      ['redis'],
      ['api'],
      ['worker'],
      ['sample', 'sample'],
      ['sample-batch', 'sample'],
      ['s3', 's3'],
      ['prometheus', 'monitoring'],
      ['grafana', 'monitoring'],
      ['edge', 'edge'],
      ['api-2', 'edge'],
    ]);
  });

  test('bounds the memory and the logs of everything', () => {
    for (const { mem_limit, logging } of Object.values(compose.services)) {
      expect(mem_limit).toMatch(/\d[mg]\}?$/);
      expect(logging).toMatchObject({ options: { 'max-size': '20m', 'max-file': '5' } });
    }
  });

  test('lets the sample catalogue in when nothing is set', () => {
    const allowed = /:-(.*)}$/.exec(worker.environment?.SOURCE_ALLOW_ORIGINS ?? '')?.[1];
    expect(allowed).toBe(compose.services['sample-batch']?.environment?.CATALOGUE_URL);
    expect(api.environment?.SOURCE_ALLOW_ORIGINS).toBe(worker.environment?.SOURCE_ALLOW_ORIGINS);
  });

  test('mounts only files and folders that are there', () => {
    const mounted = Object.values(compose.services).flatMap(({ volumes = [] }) => volumes);
    const ours = mounted
      .map((volume) => volume.split(':', 1)[0] ?? '')
      .filter((path) => path.startsWith('.'));
    expect(ours.length).toBeGreaterThan(4);
    expect(ours.filter((path) => !existsSync(`${ROOT}/${path}`))).toEqual([]);
  });

  test('runs a Redis that keeps everything and evicts nothing', () => {
    expect(redis.command.join(' ')).toContain('--appendonly yes');
    expect(redis.command.join(' ')).toContain('--maxmemory-policy noeviction');
    expect(redis.healthcheck?.test).toEqual(['CMD', 'redis-cli', 'ping']);
    for (const service of [api, worker]) {
      expect(service.depends_on).toEqual({ redis: { condition: 'service_healthy' } });
    }
  });

  test('gives both processes one image, one folder and a main file that exists', () => {
    expect(worker.image).toBe(api.image);
    expect(api.volumes).toEqual(['objects:/data']);
    expect(worker.volumes).toEqual(api.volumes);
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

  test('is a valid configuration as it stands, with nothing but a key', () => {
    const apiConfig = readApiConfig(substitute(api, { API_KEYS: 'secret-key-of-tests' }));
    const workerConfig = readWorkerConfig(substitute(worker, {}));
    expect(apiConfig).toMatchObject({ host: '0.0.0.0', port: 3000, redisUrl: 'redis://redis:6379' });
    expect(workerConfig.store).toEqual(apiConfig.store);
    expect(workerConfig.queuePrefix).toBe(apiConfig.queuePrefix);
    expect(apiConfig.store).toMatchObject({ kind: 'file', folder: '/data/objects' });
  });

  test('refuses to start without a key', () => {
    expect(() => substitute(api, {})).toThrow('make-env');
  });

  test('passes every variable on that the code reads, and none that it does not', () => {
    const known = variablesOfTheCode();
    const passed = new Set([api, worker].flatMap((service) => Object.keys(service.environment ?? {})));
    expect([...passed].filter((name) => !known.has(name))).toEqual([]);
    expect([...known].filter((name) => !passed.has(name))).toEqual([]);
  });
});

describe('Dockerfile', () => {
  const lines = read('Dockerfile')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

  test('ends as somebody who is not root', () => {
    const instructions = lines.map((line) => line.split(' ', 1)[0]);
    expect(lines.filter((line) => line.startsWith('USER'))).toEqual(['USER node']);
    expect(instructions.indexOf('USER')).toBeGreaterThan(instructions.lastIndexOf('RUN'));
  });

  test('checks its health without curl, and reaps what its processes leave', () => {
    expect(lines.filter((line) => line.startsWith('HEALTHCHECK'))).toEqual([
      expect.stringContaining('CMD ["node", "/app/health-check.mjs"]'),
    ]);
    expect(lines).toContain('ENTRYPOINT ["tini", "--"]');
  });

  test('downloads by the lockfile alone, before it has the source', () => {
    const at = (start: string) => lines.findIndex((line) => line.startsWith(start));
    expect(at('COPY package.json pnpm-lock.yaml pnpm-workspace.yaml')).toBeGreaterThan(0);
    expect(at('RUN npx')).toBeLessThan(at('COPY . .'));
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

describe('deploy/make-env', () => {
  const folder = mkdtempSync(join(tmpdir(), 'image-studio-env-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run = () => execFileSync('sh', [`${folder}/deploy/make-env`], { encoding: 'utf8' });

  test('makes settings that only their owner reads, prints the key and the address, and keeps both', () => {
    mkdirSync(`${folder}/deploy`);
    for (const file of ['deploy/make-env', '.env.example']) cpSync(`${ROOT}/${file}`, `${folder}/${file}`);
    const said = run();
    const key = /^Key: +([0-9a-f]{48})$/m.exec(said)?.[1] ?? '';
    expect(said).toContain('Dashboard: http://localhost:3000\n');
    const env = readFileSync(`${folder}/.env`, 'utf8');
    expect(env).toContain(`\nAPI_KEYS=${key}\n`);
    expect(statSync(`${folder}/.env`).mode & 0o077).toBe(0);
    expect(run()).toBe(said);
    expect(readFileSync(`${folder}/.env`, 'utf8')).toBe(env);
  });

  test('names only variables that compose passes on', () => {
    const named = [...read('.env.example').matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name ?? '');
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !read('docker-compose.yml').includes(`\${${name}`))).toEqual([]);
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
  const files = readdirSync(SLICES).filter((name) => /\.ts$/.test(name) && !name.includes('.test.'));
  const source = files.map((name) => readFileSync(`${SLICES}/${name}`, 'utf8')).join('\n');
  return new Set(
    [
      ...source.matchAll(
        /^\s+([A-Z][A-Z0-9_]+):|\{ ([A-Z][A-Z0-9_]+):|, ([A-Z][A-Z0-9_]+):|\b(?:given|env)\.([A-Z][A-Z0-9_]+)/gm,
      ),
    ].flatMap((match) => match.slice(1).filter(Boolean)),
  );
}

function read(name: string): string {
  return readFileSync(`${ROOT}/${name}`, 'utf8');
}
