import { randomUUID } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import {
  copyFile,
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
import { createMarkedFolder, OWN } from './marked-folder.ts';

/** Half-written files wait here; in the same folder, so that the rename at the end stays on one file system. */
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
  /** The same with a file from elsewhere, which is gone from there then; it is copied only where it lies on another disk. */
  moveIn(path: string, from: string, settle: (file: FileHandle) => Promise<void>): Promise<void>;
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
  const folder = createMarkedFolder(root);

  /** Makes `directory` without following a link out of `base` on the way. */
  async function makeInside(directory: string, base: string): Promise<void> {
    let existing = directory;
    let real = await realPath(existing);
    while (real === null) {
      // The folder itself is gone: its parents are not ours to make.
      if (existing === base) throw Object.assign(new Error('it was removed'), { code: 'ENOENT' });
      existing = dirname(existing);
      real = await realPath(existing);
    }
    if (!(await isBelow(real, base))) throw new Error(`${existing} is a link that leads out of the folder`);
    if (existing !== directory) await mkdir(directory, { recursive: true });
  }

  /** Makes a file aside with `begin`, lets `fill` complete it, and puts it in its place in one step. */
  function replace(
    path: string,
    begin: (temporary: string) => Promise<FileHandle>,
    fill: (file: FileHandle) => Promise<void>,
  ): Promise<void> {
    return folder.within('write', async ({ base, confirm }) => {
      const target = join(base, path);
      const temporary = temporaryIn(base);
      await makeInside(dirname(temporary), base);
      try {
        const file = await begin(temporary);
        await fill(file).finally(() => file.close());
        await makeInside(dirname(target), base);
        await rename(temporary, target);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
      // What went to a folder that was just then taken away is not stored, as far as others can see.
      await confirm();
    });
  }

  return {
    write: (path, fill) => replace(path, (temporary) => open(temporary, 'wx'), fill),

    moveIn: (path, from, settle) =>
      replace(
        path,
        async (temporary) => {
          await moveFile(from, temporary);
          return open(temporary, 'r+');
        },
        settle,
      ),

    open: (path) =>
      folder.within('read', async ({ base, confirm }) => {
        const target = join(base, path);
        try {
          if (!(await isBelow(await realpath(dirname(target)), base))) return null;
          const file = await open(target, READ_FLAGS);
          const stats = await file.stat({ bigint: true });
          if (stats.isFile()) return { file, stats };
          await file.close();
          return null;
        } catch (error) {
          if (!isAbsence(error)) throw error;
          await confirm();
          return null;
        }
      }),

    remove: (path) =>
      folder.within('read', async ({ base, confirm }) => {
        const target = join(base, path);
        try {
          if (await isBelow(await realpath(dirname(target)), base)) await unlink(target);
        } catch (error) {
          if (!isAbsence(error)) throw error;
          await confirm();
        }
      }),

    async *olderThan(area, time) {
      const { base, close } = await folder.open('read');
      try {
        const entries = await opendir(join(base, area)).catch((error: unknown) => {
          if (isAbsence(error)) return [];
          throw error;
        });
        for await (const entry of entries) {
          const path = join(area, entry.name);
          const stats = entry.isFile() ? await stat(join(base, path)).catch(() => null) : null;
          if (stats !== null && stats.mtime < time) yield path;
        }
      } finally {
        await close();
      }
    },

    /** Set aside before it is looked at a last time: one that is written anew just now must not go with the old one. */
    removeOlder: (path, time) =>
      folder.within('write', async ({ base }) => {
        const aside = temporaryIn(base);
        await makeInside(dirname(aside), base);
        try {
          await rename(join(base, path), aside);
        } catch (error) {
          if (isAbsence(error)) return false;
          throw error;
        }
        const isOld = (await stat(aside)).mtime < time;
        // A still newer one that has taken its place stays.
        if (!isOld) await link(aside, join(base, path)).catch(() => {});
        await rm(aside, { force: true });
        return isOld;
      }),

    sweep: () =>
      folder.within('write', async ({ base }) => {
        const directory = join(base, TEMPORARY);
        await makeInside(directory, base);
        for (const name of await readdir(directory)) {
          const file = join(directory, name);
          const stats = await stat(file).catch(() => null);
          if (stats !== null && Date.now() - stats.mtimeMs > LEFTOVER_AGE_MS) await rm(file, { force: true });
        }
      }),
  };
}

/** Moves a file; from another disk it is copied. */
async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (errorCode(error) !== 'EXDEV') throw error;
    await copyFile(from, to);
    await unlink(from);
  }
}

const temporaryIn = (base: string): string => join(base, TEMPORARY, `${process.pid}-${randomUUID()}`);

async function isBelow(inner: string, base: string): Promise<boolean> {
  const real = await realpath(base);
  return inner === real || inner.startsWith(real + sep);
}

/** Where a path leads to, whatever links lie on it; `null` when there is nothing. */
async function realPath(path: string): Promise<string | null> {
  return realpath(path).catch((error: unknown) => {
    if (isAbsence(error)) return null;
    throw error;
  });
}

function isAbsence(error: unknown): boolean {
  return ABSENT.includes(errorCode(error));
}
