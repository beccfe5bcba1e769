import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIOME = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');

/** What each rule has to find: a file with one bad line, and the rule's name or words of its message. */
const BAD: Record<string, [line: string, words: string]> = {
  'apps/api/src/undeclared.ts': ["import 'left-pad';", 'noUndeclaredDependencies'],
  'apps/api/src/other-app.ts': ["import '@image-studio/worker';", 'noUndeclaredDependencies'],
  'apps/api/src/vendor.ts': ["import type { Job } from 'bullmq';", 'noUndeclaredDependencies'],
  'apps/api/src/for-tests.ts': ["import 'ioredis';", 'noUndeclaredDependencies'],
  'apps/api/src/path.ts': ["import '../../worker/src/sku/process-sku.ts';", 'leaves the package'],
  'apps/api/src/environment.ts': ['export const home = process.env.HOME;', 'noProcessEnv'],
  'apps/api/src/circle.ts': ["import type {} from './circle-2.ts';", 'noImportCycles'],
  'apps/api/src/circle-2.ts': ["import type {} from './circle.ts';", 'noImportCycles'],
  'apps/api/src/can-parse.ts': ["export const fits = URL.canParse('a');", 'use parseUrl'],
  'apps/worker/src/decoders.ts': ["import '@image-studio/imaging';", 'a worker leaves them to its children'],
  'apps/worker/src/google.ts': ["import '@google/generative-ai';", 'Its faults are fenced in'],
  'apps/worker/src/sources/queue.ts': ["import type {} from '@image-studio/queue';", 'knows no queue'],
  'apps/worker/src/models/sku.ts': ["import '../sku/process-sku.ts';", 'know nothing of the jobs'],
};

const PACKAGES = {
  'apps/api': { dependencies: { express: '1' }, devDependencies: { ioredis: '1' } },
  'apps/worker': {
    dependencies: {
      '@image-studio/imaging': '1',
      '@image-studio/queue': '1',
      '@google/generative-ai': '1',
      '@aws-sdk/client-s3': '1',
    },
  },
  'packages/contract': { dependencies: { '@image-studio/queue': '1' } },
  'packages/cellar': {},
};

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'image-studio-rules-'));
  await cp(join(ROOT, 'biome.json'), join(root, 'biome.json'));
  await cp(join(ROOT, 'scripts/lint'), join(root, 'scripts/lint'), { recursive: true });
  for (const [room, manifest] of Object.entries(PACKAGES)) {
    await write(`${room}/package.json`, JSON.stringify(manifest));
  }
  for (const [file, [line]] of Object.entries(BAD)) await write(file, `${line}\n`);
  await write('apps/dashboard/src/runs.ts', "import { BatchView } from '@image-studio/contract';");
  await write('apps/dashboard/src/types.ts', "import type { BatchView } from '@image-studio/contract';");
  await write('packages/queue/src/fleet/below.ts', "import type {} from '../quota/quota.ts';");
  await write('packages/queue/src/quota/above.ts', "import type {} from '../fleet/fleet.ts';");
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function write(file: string, text: string) {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), text);
}

test('the linter finds each import that a room forbids', () => {
  const options = ['lint', '--vcs-enabled=false', '--reporter=github', '--max-diagnostics=none', '.'];
  const { stdout, status } = spawnSync(process.execPath, [BIOME, ...options], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  const lines = stdout.split('\n');
  for (const [file, [, words]] of Object.entries(BAD)) {
    const found = lines.filter((line) => line.includes(`/${file},`)).join('\n');
    expect([file, found]).toEqual([file, expect.stringContaining(words)]);
  }
});

test('a package may name what its room and its vendors’ doors allow', () => {
  const script = join(ROOT, 'scripts/check-rooms.mjs');
  const { stderr, status } = spawnSync(process.execPath, [script, root], { encoding: 'utf8' });
  expect(stderr.trim().split('\n')).toEqual([
    'apps/worker may not depend on @aws-sdk/client-s3: its door is packages/storage',
    'packages/cellar is a new room: add it to scripts/check-rooms.mjs',
    'packages/contract may not depend on @image-studio/queue',
    'apps/dashboard/src/runs.ts may import types of @image-studio/contract only',
    'packages/queue/src/fleet/below.ts may not import from quota/, which stands below it',
  ]);
  expect(status).toBe(1);
});
