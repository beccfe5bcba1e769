import { randomUUID } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from './error-code.ts';

/** The stores' own corner of a folder. */
export const OWN = '.studio';
const MARK = join(OWN, 'mark');

const DIRECTORY_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY;

/** One folder, told apart from another one that has taken its place. */
export interface MarkedFolder {
  /**
   * Opens the folder and works in it by `base`, a path that leads to this very folder whatever happens to its name
   * meanwhile. Rejects with ENOENT when the folder is gone or another one.
   */
  within<T>(mode: 'read' | 'write', work: (folder: OpenFolder) => Promise<T>): Promise<T>;
  /** The same for work that takes its time; the caller closes it. */
  open(mode: 'read' | 'write'): Promise<OpenFolder>;
}

export interface OpenFolder {
  base: string;
  /** Rejects with ENOENT unless the folder's name still leads to it. */
  confirm(): Promise<void>;
  close(): Promise<void>;
}

/**
 * An unmounted disk leaves an empty folder behind. Taken for the store, it would say that every paid picture is gone, and
 * swallow new ones. So a store leaves a mark of its own in its folder, and a process works only where it finds the mark
 * that it first saw. Looking by name and then writing by name loses that race against a rename or unmount between
 * the two; here the folder is opened, looked at, and written to through the open directory (Linux's `/proc/self/fd`, Node
 * having no `openat`). Elsewhere names have to do, looked at before and after.
 *
 * The folder is made at the first use and never again. It is not kept open: that would keep a disk from being unmounted.
 */
export function createMarkedFolder(root: string): MarkedFolder {
  let made: Promise<unknown> | undefined;
  let mark: string | undefined;
  /** The mark's file as it was last read, so that looking again is one `stat`. */
  let seen: string | undefined;

  async function openOnce(): Promise<FileHandle> {
    made ??= mkdir(root, { recursive: true });
    await made.catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return open(root, DIRECTORY_FLAGS);
  }

  async function recognise(base: string, mode: 'read' | 'write'): Promise<void> {
    const file = join(base, MARK);
    const stats = await orAbsent(stat(file, { bigint: true }));
    if (stats !== null && seen !== undefined && identity(stats) === seen) return;
    const found = stats === null ? null : await orAbsent(readFile(file, 'utf8'));
    if (mark !== undefined && found !== mark) throw gone('another folder is in its place');
    if (found !== null && stats !== null) {
      mark = found;
      seen = identity(stats);
    } else if (mode === 'write') mark = await leaveMark(base);
  }

  async function openFolder(mode: 'read' | 'write'): Promise<OpenFolder> {
    const handle = await openOnce();
    try {
      const mine = inode(await handle.stat({ bigint: true }));
      const base = process.platform === 'linux' ? `/proc/self/fd/${handle.fd}` : root;
      await recognise(base, mode);
      return {
        base,
        async confirm() {
          if (inode(await stat(root, { bigint: true })) !== mine)
            throw gone('another folder is in its place');
        },
        close: () => handle.close(),
      };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  return {
    open: openFolder,
    async within(mode, work) {
      const folder = await openFolder(mode);
      try {
        return await work(folder);
      } finally {
        await folder.close();
      }
    },
  };
}

/** Whole or not at all, and the same for all processes that begin at once. */
async function leaveMark(base: string): Promise<string> {
  const file = join(base, MARK);
  const mine = `${file}-${randomUUID()}`;
  await mkdir(join(base, OWN), { recursive: true });
  try {
    await writeFile(mine, `${randomUUID()}\n`, { flag: 'wx' });
    await link(mine, file).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  } finally {
    await rm(mine, { force: true });
  }
  return readFile(file, 'utf8');
}

async function orAbsent<T>(work: Promise<T>): Promise<T | null> {
  return work.catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return null;
    throw error;
  });
}

const inode = ({ dev, ino }: BigIntStats): string => `${dev}:${ino}`;
const identity = (stats: BigIntStats): string => `${inode(stats)}:${stats.mtimeNs}`;

function gone(why: string): Error {
  return Object.assign(new Error(why), { code: 'ENOENT' });
}
