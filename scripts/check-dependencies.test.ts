import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const SCRIPT = fileURLToPath(new URL('./check-dependencies.mjs', import.meta.url));

/** A small tree that keeps every rule; each test plants one bad line into it. */
const GOOD: Record<string, string> = {
  'packages/contract/src/index.ts': "import { z } from 'zod';\nexport const A = z.string();",
  'packages/queue/src/index.ts':
    "import { Queue } from 'bullmq';\nexport * from '@image-studio/contract';\nexport { Queue };",
  'packages/runtime/src/config/read.ts': 'export const env = process.env;',
  'apps/api/src/main.ts': "import { Queue } from '@image-studio/queue';\nnew Queue(process.env.REDIS_URL);",
  'apps/worker/src/sku/process-sku.ts': "import '@image-studio/queue';\nexport const a: number = <number>1;",
  'packages/imaging/src/finish-image.ts': "import sharp from 'sharp';\nexport const finish = sharp;",
  'apps/dashboard/src/app.tsx':
    "import type { A } from '@image-studio/contract';\nexport const App = () => <p>{'x' as A}</p>;",
};

const DEPENDENCIES: Record<string, string[]> = {
  'packages/contract': ['zod'],
  'packages/queue': ['bullmq', '@image-studio/contract'],
  'packages/runtime': [],
  'apps/api': [
    '@image-studio/queue',
    '@image-studio/worker',
    'bullmq',
    'ioredis',
    'sharp',
    '@aws-sdk/client-s3',
  ],
  'apps/worker': ['@image-studio/imaging', '@image-studio/queue'],
  'packages/imaging': ['sharp'],
  'apps/dashboard': ['@image-studio/contract', '@image-studio/queue'],
};

describe('check-dependencies', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'image-studio-rules-'));
    for (const [file, source] of Object.entries(GOOD)) await write(file, source);
    for (const [room, names] of Object.entries(DEPENDENCIES)) {
      const dependencies = Object.fromEntries(names.map((name) => [name, '1.0.0']));
      const devDependencies = { '@image-studio/testkit': '1.0.0' };
      await write(`${room}/package.json`, JSON.stringify({ dependencies, devDependencies }));
    }
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  async function write(file: string, source: string) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), source);
  }

  function check(folder = root) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, folder], { encoding: 'utf8' });
    return { status, stdout, stderr };
  }

  test('passes a tree that keeps the rules, and says how much it looked at', () => {
    expect(check()).toEqual({
      status: 0,
      stdout: 'Looked at 7 modules with 7 imports: 0 broken rules.\n',
      stderr: '',
    });
  });

  test('fails when there is nothing to look at', async () => {
    await rm(join(root, 'apps'), { recursive: true });
    await rm(join(root, 'packages'), { recursive: true });
    expect(check()).toMatchObject({
      status: 1,
      stderr: 'Nothing was looked at: is this the right folder?\n',
    });
  });

  test.each([
    [
      'an app imports another',
      'apps/api/src/a.ts',
      "import '@image-studio/worker';",
      'may not import "@image-studio/worker"',
    ],
    [
      'a package imports upwards',
      'packages/contract/src/a.ts',
      "import '@image-studio/queue';",
      'packages/contract may not import',
    ],
    [
      'BullMQ outside its door',
      'apps/api/src/a.ts',
      "import { Queue } from 'bullmq';",
      '"bullmq" may only be imported in packages/queue/',
    ],
    [
      'a type of BullMQ outside',
      'apps/api/src/a.ts',
      "import type { Job } from 'bullmq';",
      '"bullmq" may only be imported',
    ],
    [
      'an import() of ioredis',
      'apps/api/src/a.ts',
      "export const r = () => import('ioredis');",
      '"ioredis" may only be imported',
    ],
    [
      'a typeof import',
      'apps/api/src/a.ts',
      "export type R = typeof import('bullmq');",
      '"bullmq" may only be imported',
    ],
    [
      'a require',
      'apps/api/src/a.ts',
      "export const r = require('ioredis');",
      '"ioredis" may only be imported',
    ],
    ['a re-export', 'apps/api/src/a.ts', "export * from 'bullmq';", '"bullmq" may only be imported'],
    [
      'a part of the AWS SDK',
      'apps/api/src/a.ts',
      "import '@aws-sdk/client-s3';",
      'may only be imported in packages/storage/',
    ],
    [
      'sharp in the API',
      'apps/api/src/a.ts',
      "import sharp from 'sharp';",
      '"sharp" may only be imported in packages/imaging/',
    ],
    [
      'decoders in the process of a worker',
      'apps/worker/src/a.ts',
      "import { finishImage } from '@image-studio/imaging';",
      'a worker loads no decoders',
    ],
    [
      'a source that knows the queue',
      'apps/worker/src/sources/a.ts',
      "import type { Q } from '@image-studio/queue';",
      'this folder knows no queue',
    ],
    [
      'one that reaches it through a neighbour',
      'apps/worker/src/sources/a.ts',
      "import '../sku/process-sku.ts';",
      'apps/worker/src/sku/process-sku.ts → @image-studio/queue',
    ],
    [
      'running contract code in the browser',
      'apps/dashboard/src/a.ts',
      "import { A } from '@image-studio/contract';",
      'may import types of "@image-studio/contract" only',
    ],
    [
      'types of more than the contract there',
      'apps/dashboard/src/a.ts',
      "import type { Q } from '@image-studio/queue';",
      'apps/dashboard may not import',
    ],
    [
      'a path that leaves the package',
      'apps/api/src/a.ts',
      "import '../../worker/src/sku/process-sku.ts';",
      'leaves the package',
    ],
    ['the testkit outside tests', 'apps/api/src/a.ts', "import '@image-studio/testkit';", 'outside tests'],
    [
      'an undeclared package',
      'apps/api/src/a.ts',
      "import 'left-pad';",
      '"left-pad" is not in the dependencies',
    ],
    ['process.env', 'apps/api/src/a.ts', 'export const a = process.env.HOME;', 'process.env is read outside'],
    [
      "process['env']",
      'apps/api/src/a.ts',
      "export const a = process['env'];",
      'process.env is read outside',
    ],
    [
      'env taken out of process',
      'apps/api/src/a.ts',
      'export const { env } = process;',
      'process.env is read outside',
    ],
  ])('catches %s', async (_, file, source, message) => {
    await write(file, `// 照片\n\n${source}\n`);
    const { status, stderr } = check();
    expect(stderr).toContain(message);
    expect(stderr).toContain(`${file}:3 `);
    expect(status).toBe(1);
  });

  test('lets tests use the testkit and the environment', async () => {
    await write(
      'apps/api/src/a.test.ts',
      "import '@image-studio/testkit';\nexport const a = process.env.PATH;",
    );
    expect(check().status).toBe(0);
  });

  test('names a room that nobody made rules for', async () => {
    await write('packages/cellar/package.json', '{}');
    await write('packages/cellar/src/index.ts', "import '@image-studio/contract';");
    expect(check().stderr).toContain('packages/cellar is a new room');
  });
});
