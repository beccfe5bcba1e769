import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { commandLine } from '@image-studio/runtime';

/** How a launcher was started; earlier versions had it in `apps/studio`. */
const LAUNCHER = /apps[\\/](launcher|studio)[\\/]/;

/** Two that found the same dead owner both replace its note; after this time the note says which one came last. */
const SETTLE_MS = 200;

/**
 * Claims a data folder for this launcher. Rejects with a sentence when another one that lives holds it; a note left by
 * one that was killed is replaced.
 */
export async function lockFolder(folder: string): Promise<{ release(): Promise<void> }> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'studio.pid');
  const mine = String(process.pid);
  try {
    await writeFile(file, mine, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await refuseIfAlive(file, folder);
    await writeFile(`${file}.${mine}`, mine);
    await rename(`${file}.${mine}`, file);
    await delay(SETTLE_MS);
    if ((await readFile(file, 'utf8')) !== mine) await refuseIfAlive(file, folder);
  }
  return {
    release: async () => {
      const holder = await readFile(file, 'utf8').catch(() => undefined);
      if (holder === mine) await rm(file, { force: true });
    },
  };
}

async function refuseIfAlive(file: string, folder: string): Promise<void> {
  const pid = Number(await readFile(file, 'utf8').catch(() => ''));
  if (!pid || pid === process.pid || !LAUNCHER.test(await commandLine(pid))) return;
  throw new Error(
    `Image Studio is already running on ${folder} (process ${pid}). Stop it first, or give this one a folder and a port of its own: STUDIO_DATA_DIR=.data2 PORT=3001 npm start`,
  );
}
