import { randomUUID } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import {
  type FileHandle,
  link,
  mkdir,
  open,
  opendir,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  unlink,
} from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { errorCode } from './error-code.ts';

/** Half-written files wait here; in the same folder, so that the rename at the end stays on one file system. */
const OWN = '.studio';
const TEMPORARY = join(OWN, 'tmp');

/** No write takes this long: what is older was left by a process that died. */
const LEFTOVER_AGE_MS = 24 * 3_600_000;

/** `open` and `unlink` saying that there is no such file, each in the way of one odd path. */
const ABSENT = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG'];

/** O_NONBLOCK: a FIFO in the folder must not hang its reader. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface OpenFile {
  file: FileHandle;
  stats: BigIntStats;
}

/** Files below one folder, by relative path. Never reads or writes outside it, whatever links lie inside. */
export interface DiskTree {
  /** `fill` writes the new content; the file at `path` is replaced in one step after `fill` is through. */
  write(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void>;
  /** `null`: no regular file there. The caller closes the handle. */
  open(path: string): Promise<OpenFile | null>;
  remove(path: string): Promise<void>;
  /** Removes what dead processes left half-written. */
  sweep(): Promise<void>;
  /** Paths of the files directly in `folder` that were written before `time`, one by one. */
  olderThan(folder: string, time: Date): AsyncIterable<string>;
  /** Removes a file unless it has been written since `time`. Returns whether it did. */
  removeOlder(path: string, time: Date): Promise<boolean>;
}

/** The tree below `root`, which is made at the first use. Rejects with the errors of `node:fs`. */
export function createDiskTree(root: string): DiskTree {
  let made: Promise<unknown> | undefined;
  let used = false;

  /** Made once: a folder that goes missing later (an unmounted disk) is a failure, not an empty store. */
  async function realRoot(): Promise<string> {
    made ??= mkdir(root, { recursive: true });
    await made.catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return realpath(root);
  }

  /**
   * An unmounted disk leaves an empty folder behind. Taken for the store, it would say that every paid picture is gone, and
   * swallow new ones: where this process has written before, its own corner must still be there.
   */
  async function assertSame(): Promise<void> {
    if (!used || (await exists(join(root, OWN)))) return;
    throw Object.assign(new Error(`${OWN} in it is gone`), { code: 'ENOENT' });
  }

  async function isInside(directory: string, real: string): Promise<boolean> {
    const inner = await realpath(directory);
    return inner === real || inner.startsWith(real + sep);
  }

  /** Makes `directory` without following a link out of the root on the way. */
  async function makeInside(directory: string): Promise<void> {
    const real = await realRoot();
    let existing = directory;
    while (!(await exists(existing))) existing = dirname(existing);
    if (!(await isInside(existing, real)))
      throw new Error(`${existing} is a link that leads out of the folder`);
    if (existing !== directory) await mkdir(directory, { recursive: true });
  }

  return {
    async write(path, fill) {
      const target = join(root, path);
      const temporary = join(root, TEMPORARY, `${process.pid}-${randomUUID()}`);
      await assertSame();
      await makeInside(dirname(temporary));
      used = true;
      const file = await open(temporary, 'wx');
      try {
        await fill(file).finally(() => file.close());
        await makeInside(dirname(target));
        await rename(temporary, target);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },

    async open(path) {
      const target = join(root, path);
      const real = await realRoot();
      try {
        if (!(await isInside(dirname(target), real))) return null;
        const file = await open(target, READ_FLAGS);
        const stats = await file.stat({ bigint: true });
        if (stats.isFile()) return { file, stats };
        await file.close();
        return null;
      } catch (error) {
        if (!isAbsence(error)) throw error;
        await assertSame();
        return null;
      }
    },

    async remove(path) {
      const target = join(root, path);
      const real = await realRoot();
      try {
        if (await isInside(dirname(target), real)) await unlink(target);
      } catch (error) {
        if (!isAbsence(error)) throw error;
      }
    },

    async *olderThan(folder, time) {
      await realRoot();
      const directory = join(root, folder);
      const entries = await opendir(directory).catch((error: unknown) => {
        if (isAbsence(error)) return [];
        throw error;
      });
      for await (const entry of entries) {
        const path = join(folder, entry.name);
        const stats = entry.isFile() ? await stat(join(root, path)).catch(() => null) : null;
        if (stats !== null && stats.mtime < time) yield path;
      }
    },

    /** Set aside before it is looked at a last time: one that is written anew just now must not go with the old one. */
    async removeOlder(path, time) {
      const aside = join(root, TEMPORARY, `${process.pid}-${randomUUID()}`);
      await makeInside(dirname(aside));
      try {
        await rename(join(root, path), aside);
      } catch (error) {
        if (isAbsence(error)) return false;
        throw error;
      }
      const isOld = (await stat(aside)).mtime < time;
      // A still newer one that has taken its place stays.
      if (!isOld) await link(aside, join(root, path)).catch(() => {});
      await rm(aside, { force: true });
      return isOld;
    },

    async sweep() {
      const directory = join(root, TEMPORARY);
      await makeInside(directory);
      for (const name of await readdir(directory)) {
        const file = join(directory, name);
        const stats = await stat(file).catch(() => null);
        if (stats !== null && Date.now() - stats.mtimeMs > LEFTOVER_AGE_MS) await rm(file, { force: true });
      }
    },
  };
}

async function exists(path: string): Promise<boolean> {
  return realpath(path).then(
    () => true,
    (error: unknown) => {
      if (isAbsence(error)) return false;
      throw error;
    },
  );
}

function isAbsence(error: unknown): boolean {
  return ABSENT.includes(errorCode(error));
}
