/*
 * Locks that are a file with a process id in it. Plain JavaScript, because `scripts/up` takes such a lock before anything is
 * installed or built.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Two that found the same dead holder both replace its note; after this time the note says which one came last. */
const SETTLE_MS = 250;

const mine = String(process.pid);

/**
 * Claims a lock for this process. Resolves with `null` once it holds it, else with what the file says of the process that does.
 *
 * @param {string} file Its folder exists.
 * @param {(pid: string) => boolean | Promise<boolean>} isHolder Whether the process of a note still holds the lock; a note may be empty.
 * @returns {Promise<string | null>}
 */
export async function claimLock(file, isHolder) {
  try {
    await writeFile(file, mine, { flag: 'wx' });
    return null;
  } catch (error) {
    if (Object(error).code !== 'EEXIST') throw error;
  }
  const holder = await holderOf(file);
  if (await isHolder(holder)) return holder;
  await writeFile(`${file}.${mine}`, mine);
  await rename(`${file}.${mine}`, file);
  await delay(SETTLE_MS);
  return (await holderOf(file)) === mine ? null : claimLock(file, isHolder);
}

/**
 * Gives a lock back, unless another process holds it by now.
 *
 * @param {string} file
 */
export async function releaseLock(file) {
  if ((await holderOf(file)) === mine) await rm(file, { force: true });
}

/** @param {string} file */
async function holderOf(file) {
  return readFile(file, 'utf8').catch(() => '');
}
