import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { claimLock, releaseLock } from '../../apps/launcher/src/pid-lock.mjs';
import { MEMORY } from './root.mjs';

/** Runs `work` while no other process of this clone does: two must not install or build at once. */
export async function withLock(work) {
  const file = join(MEMORY, 'lock');
  for (let isTold = false; ; isTold = true) {
    // node_modules may have been thrown away while we waited.
    mkdirSync(MEMORY, { recursive: true });
    const holder = await claimLock(file, isAlive);
    if (holder === null) break;
    if (!isTold)
      console.error(`Waiting for another run in this folder (process ${holder}) to install and build.`);
    await delay(200);
  }
  try {
    return await work();
  } finally {
    await releaseLock(file);
  }
}

function isAlive(pid) {
  // Empty: its owner has created the file and not yet written to it, or has just given it back.
  if (pid === '') return true;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
