import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MEMORY } from './root.mjs';

/** A thief waits this long before it believes that nobody stole the dead man's lock after it. */
const STEAL_SETTLE_MS = 250;

/** Runs `work` while no other process of this clone does: two must not install or build at once. */
export async function withLock(work) {
  const file = join(MEMORY, 'lock');
  const mine = String(process.pid);
  mkdirSync(MEMORY, { recursive: true });
  for (let told = false; !(await acquired(file, mine)); ) {
    if (!told)
      console.error(`Waiting for another run in this folder (process ${holder(file)}) to install and build.`);
    told = true;
    await delay(200);
  }
  try {
    return await work();
  } finally {
    if (holder(file) === mine) rmSync(file, { force: true });
  }
}

async function acquired(file, mine) {
  try {
    // node_modules may have been thrown away while we waited.
    mkdirSync(MEMORY, { recursive: true });
    writeFileSync(file, mine, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (isAlive(holder(file))) return false;
  writeFileSync(`${file}.${mine}`, mine);
  renameSync(`${file}.${mine}`, file);
  await delay(STEAL_SETTLE_MS);
  return holder(file) === mine;
}

function holder(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  // Empty: its owner has created the file and not yet written to it.
  if (pid === undefined || pid === '') return true;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
