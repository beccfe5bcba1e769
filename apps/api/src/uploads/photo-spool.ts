import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { ProblemError } from '../http/problem-error.ts';

/** A photo that has arrived whole and is looked at before it goes to the object store. */
export interface SpooledPhoto {
  path: string;
  sha256: string;
  bytes: number;
  /** Deletes the file; calling it again does nothing. */
  discard(): Promise<void>;
}

/** Files that are arriving. */
export interface PhotoSpool {
  /** Writes a body to a file of its own as it comes, or rejects and leaves nothing behind. */
  receive(body: Readable, maxBytes: number): Promise<SpooledPhoto>;
  /** Deletes what dead processes left. */
  sweep(): Promise<void>;
}

/** Written at once: each write is a trip to another thread. Held by each upload meanwhile. */
const WRITE_BYTES = 512 * 1024;
/** How fast a body has to come: 50 kbit/s, as one of several on a slow line. */
const PACE = { minBytes: 64 * 1024, everyMs: 10_000 };
/** The rest of a body that is too large is read and thrown away up to here, or the client would see a reset, not the 413. */
const MAX_DRAINED_BYTES = 100 * 1024 * 1024;
/** Nothing that is still arriving is left unwritten for so long. */
const LEFTOVER_AGE_MS = 10 * 60_000;

/** A folder for photos on their way, made when it is first used. Several processes may share it. */
export function createPhotoSpool(folder: string, pace = PACE): PhotoSpool {
  const own = `${hostname().replaceAll('~', '-')}~${process.pid}~`;
  let made: Promise<unknown> | undefined;

  async function write(body: Readable, file: FileHandle, maxBytes: number) {
    const hash = createHash('sha256');
    let waiting: Buffer[] = [];
    let waitingBytes = 0;
    const flush = async () => {
      if (waitingBytes > 0) await writeWhole(file, waiting, waitingBytes);
      waiting = [];
      waitingBytes = 0;
    };
    let bytes = 0;
    let atLastLook = 0;
    const look = setInterval(() => {
      if (bytes - atLastLook < pace.minBytes) body.destroy(tooSlow(bytes - atLastLook, pace.everyMs));
      atLastLook = bytes;
    }, pace.everyMs);
    try {
      for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > maxBytes + MAX_DRAINED_BYTES) break;
        if (bytes > maxBytes) continue;
        hash.update(chunk);
        waiting.push(chunk);
        waitingBytes += chunk.length;
        if (waitingBytes >= WRITE_BYTES) await flush();
      }
      if (bytes <= maxBytes) await flush();
    } catch (error) {
      throw error instanceof ProblemError ? error : incomplete(error);
    } finally {
      clearInterval(look);
    }
    if (bytes > maxBytes) throw tooLarge(bytes, maxBytes);
    return { bytes, sha256: hash.digest('hex') };
  }

  return {
    async receive(body, maxBytes) {
      made ??= mkdir(folder, { recursive: true });
      await made.catch((error: unknown) => {
        made = undefined;
        throw error;
      });
      const path = join(folder, `${own}${randomUUID()}`);
      const discard = () => rm(path, { force: true });
      const file = await open(path, 'wx');
      try {
        const { bytes, sha256 } = await write(body, file, maxBytes).finally(() => file.close());
        return { path, bytes, sha256, discard };
      } catch (error) {
        await discard();
        throw error;
      }
    },

    async sweep() {
      const names = await readdir(folder).catch(() => []);
      for (const name of names) {
        const path = join(folder, name);
        if (isOfDeadProcess(name) || (await isOld(path))) await rm(path, { force: true });
      }
    },
  };
}

/** Of this machine. A process that has just begun has nothing there yet, so its own number is that of one before it. */
function isOfDeadProcess(name: string): boolean {
  const [host, pid] = name.split('~');
  if (host !== hostname().replaceAll('~', '-')) return false;
  if (Number(pid) === process.pid) return process.uptime() < 5;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

async function isOld(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => null);
  return stats !== null && Date.now() - stats.mtimeMs > LEFTOVER_AGE_MS;
}

/** A disk without room is no fault of the client. */
async function writeWhole(file: FileHandle, chunks: Buffer[], bytes: number): Promise<void> {
  try {
    const { bytesWritten } = await file.writev(chunks);
    if (bytesWritten < bytes) await file.appendFile(Buffer.concat(chunks).subarray(bytesWritten));
  } catch (cause) {
    const message =
      'Photos cannot be taken at the moment, because the disk that they arrive on refuses them.';
    throw new ProblemError(503, 'STORE_UNAVAILABLE', message, { cause });
  }
}

function incomplete(cause: unknown): ProblemError {
  return new ProblemError(
    400,
    'BODY_INCOMPLETE',
    'The connection ended before the whole photo had arrived.',
    {
      cause,
    },
  );
}

function tooSlow(bytes: number, ms: number): ProblemError {
  return new ProblemError(
    408,
    'BODY_TOO_SLOW',
    `Only ${bytes} bytes of this photo came in ${ms / 1000} s, so it is not waited for any longer.`,
    { headers: { connection: 'close' } },
  );
}

function tooLarge(bytes: number, maxBytes: number): ProblemError {
  const isWhole = bytes <= maxBytes + MAX_DRAINED_BYTES;
  const many = isWhole ? `${bytes / 1e6}` : `more than ${(maxBytes + MAX_DRAINED_BYTES) / 1e6}`;
  return new ProblemError(
    413,
    'SOURCE_TOO_LARGE',
    `photo is ${many} MB, limit is ${maxBytes / 1e6} MB`,
    isWhole ? {} : { headers: { connection: 'close' } },
  );
}
