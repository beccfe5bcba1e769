import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '@image-studio/testkit';

/** A disk of 8 MB under a folder, and what can be wrong with it. */
export interface SmallDisk {
  /** Leaves no room on it. */
  fill(): Promise<void>;
  free(): Promise<void>;
  /** Lets nobody write to it. */
  protect(): Promise<void>;
  open(): Promise<void>;
  unmount(): void;
}

/** Where none may be mounted, a file in the place of the folder while it should be full, and a folder without write permission. */
export async function smallDisk(folder: string): Promise<SmallDisk> {
  await mkdir(folder, { recursive: true });
  try {
    mount('-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder);
  } catch {
    return withoutMount(folder);
  }
  const filler = join(folder, 'filler');
  return {
    fill: () => writeFile(filler, Buffer.alloc(16 * 1024 * 1024)).catch(() => {}),
    free: () => rm(filler),
    // Refused while somebody is writing.
    protect: () => eventually(() => mount('-o', 'remount,ro', folder)),
    open: async () => mount('-o', 'remount,rw', folder),
    unmount: () => execFileSync('umount', ['-l', folder]),
  };
}

function mount(...args: string[]): void {
  execFileSync('mount', args, { stdio: 'ignore' });
}

function withoutMount(folder: string): SmallDisk {
  const isRoot = process.getuid?.() === 0;
  const replace = async () => {
    await rename(folder, `${folder}-away`);
    await writeFile(folder, '');
  };
  const putBack = async () => {
    await rm(folder);
    await rename(`${folder}-away`, folder);
  };
  return {
    fill: replace,
    free: putBack,
    // Permissions mean nothing to root.
    protect: isRoot ? replace : () => chmod(folder, 0o555),
    open: isRoot ? putBack : () => chmod(folder, 0o755),
    unmount() {},
  };
}
