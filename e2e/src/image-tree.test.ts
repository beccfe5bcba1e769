import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, startTestRedis, type TestRedis } from '@image-studio/testkit';
import { type RunningProcess, startProcess } from '@image-studio/testkit/deployment';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Megabytes; of 867 MB of the image before, 600 were modules that nothing in it used. */
const MOST_MB = 140;

let folder: string;
let tree: string;
let redis: TestRedis;
const running: RunningProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'image-studio-image-'));
  tree = join(folder, 'app');
  execFileSync(process.execPath, [join(ROOT, 'scripts/image/main.mjs'), tree], { stdio: 'ignore' });
  redis = await startTestRedis();
});
afterAll(async () => {
  await Promise.all(running.map((one) => one.stop('SIGKILL')));
  await redis?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('the files of the image hold no tool of developers, no test, no source and no more than they may', () => {
  const files = readdirSync(tree, { recursive: true }) as string[];
  expect(files).toEqual(
    expect.arrayContaining(['br', 'gz'].map((end) => `apps/dashboard/dist/index.html.${end}`)),
  );
  const packages = readdirSync(join(tree, 'node_modules/.pnpm'));
  expect(packages.length).toBeGreaterThan(100);
  const tools =
    /^(@?biome|@?typescript|@types|jest|@jest|@swc|@babel|playwright|vite|esbuild|@playwright|axe|mkcert|redis-memory)/;
  expect(packages.filter((name) => tools.test(name))).toEqual([]);
  const ours = files.filter((name) => !name.includes('node_modules'));
  expect(
    ours.filter((name) => /\.test\.|(?<!\.d)\.ts$|\/src\/|testkit|launcher|tsbuildinfo/.test(name)),
  ).toEqual([]);
  const kilobytes = Number(execFileSync('du', ['-sk', tree], { encoding: 'utf8' }).split('\t', 1)[0]);
  expect(kilobytes / 1024).toBeLessThan(MOST_MB);
});

test('both processes run from these files alone', async () => {
  const env = {
    PATH: process.env.PATH ?? '',
    NODE_ENV: 'production',
    REDIS_URL: redis.url,
    STUDIO_DATA_DIR: join(folder, 'data'),
    OPS_PORT: '0',
    PORT: '0',
    LOG_LEVEL: 'info',
  };
  const start = (app: string) => {
    const one = startProcess(join(tree, `apps/${app}/dist/main.js`), env);
    running.push(one);
    return one;
  };
  const [api, worker] = [start('api'), start('worker')];
  const listens = await eventually(
    () => {
      const found = /"url":"(http:[^"]+)"/.exec(api.output());
      if (!found || !worker.output().includes('"worker')) throw new Error(api.output() + worker.output());
      return found[1] as string;
    },
    { timeoutMs: 60_000 },
  );
  await eventually(async () => expect((await fetch(`${listens}/readyz`)).status).toBe(200));
  expect((await fetch(`${listens}/`)).headers.get('content-type')).toContain('text/html');
  await eventually(
    async () => {
      const { items } = (await (await fetch(`${listens}/api/v1/workers`)).json()) as { items: unknown[] };
      expect(items).toHaveLength(1);
    },
    { timeoutMs: 60_000 },
  );
});

test('the health check fails for a port where nobody answers', () => {
  const check = spawnSync(process.execPath, [join(tree, 'health-check.mjs')], {
    env: { PATH: process.env.PATH, PORT: '9', OPS_PORT: '9' },
  });
  expect(check.status).toBe(1);
});
