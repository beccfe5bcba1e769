import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLine } from '@image-studio/runtime';
import { claimLock, releaseLock } from './pid-lock.mjs';

/** How a launcher was started; earlier versions had it in `apps/studio`. */
const LAUNCHER = /apps[\\/](launcher|studio)[\\/]/;

/**
 * Claims a data folder for this launcher. Rejects with a sentence when another one that lives holds it; a note left by
 * one that was killed is replaced.
 */
export async function lockFolder(folder: string): Promise<{ release(): Promise<void> }> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'studio.pid');
  const holder = await claimLock(file, isOtherLauncher);
  if (holder !== null) {
    throw new Error(
      `Image Studio is already running on ${folder} (process ${holder}). Stop it first, or give this one a folder and a port of its own: STUDIO_DATA_DIR=.data2 PORT=3001 npm start`,
    );
  }
  return { release: () => releaseLock(file) };
}

/** A process id may be another program's by now. */
async function isOtherLauncher(note: string): Promise<boolean> {
  const pid = Number(note);
  return pid > 0 && pid !== process.pid && LAUNCHER.test(await commandLine(pid));
}
