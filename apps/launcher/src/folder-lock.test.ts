import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { lockFolder } from './folder-lock.ts';

describe('lockFolder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'image-studio-lock-')), 'data');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('makes the folder, and leaves nothing in it', async () => {
    const lock = await lockFolder(folder);
    expect(await readdir(folder)).toEqual(['studio.pid']);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  test('refuses a folder that a living launcher holds, and says what to do', async () => {
    await (await lockFolder(folder)).release();
    // Known by its command line, as a pid may be somebody else's by now.
    const launcher = spawn(process.execPath, [
      '-e',
      'setInterval(() => {}, 1000)',
      'apps/launcher/dist/main.js',
    ]);
    await once(launcher, 'spawn');
    await writeFile(join(folder, 'studio.pid'), String(launcher.pid));
    const refusal = await lockFolder(folder).catch((error: Error) => error.message);
    launcher.kill('SIGKILL');
    await once(launcher, 'close');
    expect(refusal).toContain(`already running on ${folder} (process ${launcher.pid})`);
    expect(refusal).toContain('STUDIO_DATA_DIR=');
  });

  test.each(['999999999', '1', '', 'nonsense'])(
    'takes over from a process that is no launcher (%p)',
    async (pid) => {
      await (await lockFolder(folder)).release();
      await writeFile(join(folder, 'studio.pid'), pid);
      const lock = await lockFolder(folder);
      await lock.release();
      expect(await readdir(folder)).toEqual([]);
    },
  );
});
