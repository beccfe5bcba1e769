import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '@image-studio/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openWorld, type World } from './world.ts';

const CLI = fileURLToPath(new URL('../../apps/cli', import.meta.url));

let world: World;
let folder: string;
const started: ChildProcess[] = [];

beforeAll(async () => {
  world = await openWorld({ workers: 1, store: 'file', env: { LOG_LEVEL: 'warn' } });
  folder = await mkdtemp(join(tmpdir(), 'image-studio-cli-'));
});

afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Run {
  child: ChildProcess;
  /** What it has said so far. */
  said: { stdout: string; stderr: string };
  code: Promise<number | null>;
}

function studio(...args: string[]): Run {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, STUDIO_URL: world.studio.url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (said.stdout += chunk));
  child.stderr?.on('data', (chunk) => (said.stderr += chunk));
  return { child, said, code: once(child, 'close').then(([code]) => code as number | null) };
}

async function run(...args: string[]) {
  const { said, code } = studio(...args);
  const exitCode = await code;
  const events = said.stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  return { exitCode, events, ...said };
}

async function tableOf(count: number, more = ''): Promise<string> {
  const skus = await world.skus(count);
  const file = join(folder, 'table.csv');
  const rows = skus.map(({ sku, images }) => `${sku},${sku} mug,${images[0]?.url}`);
  await writeFile(file, `${['sku,title,image', ...rows].join('\n')}\n${more}`);
  return file;
}

test('a table is submitted, followed to its end, exported and downloaded', async () => {
  const submitted = await run(
    'submit',
    await tableOf(3),
    '--set',
    'width=400',
    '--set',
    'height=400',
    '--set',
    'format=jpeg',
    '--wait',
    '--json',
  );
  expect(submitted.events.at(0)).toMatchObject({ event: 'submitted', total: 3, dialect: 'generic' });
  const end = submitted.events.at(-1);
  expect(end).toMatchObject({ event: 'finished', status: 'completed', counts: { total: 3, failed: 0 } });
  expect(submitted.exitCode).toBe(end.counts.needsReview > 0 ? 2 : 0);
  const sockets = submitted.events.filter(({ event }) => event === 'sku').map(({ sku }) => sku);
  expect(sockets.sort()).toEqual(['S0', 'S1', 'S2']);

  for (const sku of ['S0', 'S1', 'S2'])
    await world.studio.post(`/api/v1/batches/${end.id}/skus/${sku}/review`, {
      image: 'main',
      decision: 'approve',
    });
  const exported = await run('export', end.id, '--for', 'google', '--json');
  expect(exported.events).toMatchObject([{ event: 'exported', skus: 3, leftOut: 0, linksExpire: null }]);
  const table = await readFile(join(folder, exported.events[0].file), 'utf8');
  expect(table.split('\n')[0]).toBe('id\ttitle\timage_link\tadditional_image_link');

  const first = await run('download', end.id, 'pictures', '--json');
  expect(first.events.at(-1)).toMatchObject({ event: 'downloaded', fetched: 3, known: 0, failed: 0 });
  expect((await readdir(join(folder, 'pictures'))).sort()).toEqual(['S0', 'S1', 'S2']);
  expect((await run('download', end.id, 'pictures', '--json')).events).toMatchObject([
    { fetched: 0, known: 3 },
  ]);
});

test('Ctrl-C leaves the batch, which watch takes up again; a failed SKU ends with 1, and can be tried again', async () => {
  world.gemini.reset();
  const broken = `gone,Gone,${world.supplier.origin}/nosuch.jpg\n`;
  const submitting = studio('submit', await tableOf(2, broken), '--wait', '--secondary', 'detail,scale');
  const id = await eventually(() => {
    const found = /^(b\w+): 3 SKUs/.exec(submitting.said.stdout)?.[1];
    if (found === undefined) throw new Error(submitting.said.stderr || 'nothing was submitted yet');
    return found;
  });
  submitting.child.kill('SIGINT');
  expect(await submitting.code).toBe(130);
  expect(submitting.said.stderr).toContain(`studio watch ${id}`);
  const watched = await run('watch', id);
  expect(watched.exitCode).toBe(1);
  expect(watched.stdout).toMatch(/1 failed/);
  const retried = await run('retry', id, '--reason', 'SOURCE_NOT_FOUND', '--wait', '--json');
  expect(retried.events[0]).toMatchObject({ event: 'retried', retried: 1 });
  expect(retried.exitCode).toBe(1);
});

test('says what is wrong in the server’s own words, and never shows a key', async () => {
  const unknown = await run('watch', 'nosuch', '--json');
  expect([unknown.exitCode, unknown.events]).toEqual([
    1,
    [{ event: 'error', code: 'BATCH_NOT_FOUND', message: 'There is no such batch.', errors: [] }],
  ]);
  await writeFile(join(folder, 'bad.csv'), 'title,price\nMug,1\n');
  const refused = await run('submit', 'bad.csv');
  expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('has no column "sku"')]);
  await writeFile(join(folder, 'key'), 'secret-key-of-nobody-at-all\n');
  const withKey = await run('profiles', '--key-file', 'key');
  expect([
    withKey.exitCode,
    withKey.stdout.includes('amazon'),
    `${withKey.stdout}${withKey.stderr}`.includes('secret-key'),
  ]).toEqual([0, true, false]);
});
