import PQueue from 'p-queue';
import { ProblemError } from '../api/problem-error.ts';
import type { StudioClient } from '../api/studio-client.ts';
import { createStore, type Store } from '../state/store.ts';
import type { LocalFile } from './local-file.ts';
import { sha256Of } from './sha256-of.ts';

/** How far an upload has come. */
export interface UploadProgress {
  files: number;
  bytes: number;
  doneFiles: number;
  doneBytes: number;
  /** Of those, files that were there before. */
  known: number;
  failed: { path: string; message: string }[];
  isPaused: boolean;
  /** Why it paused by itself. */
  pausedFor: ProblemError | null;
}

/** Sends files one after another, a few at once, and remembers which are there. */
export interface Uploader {
  progress: Pick<Store<UploadProgress>, 'get' | 'subscribe'>;
  add(files: readonly LocalFile[]): void;
  pause(): void;
  resume(): void;
  /** Sends those that failed again. */
  retry(): void;
  /** The digest of a file that is there. */
  digestOf(path: string): string | undefined;
  /** Ends what is under way. */
  close(): void;
}

export interface UploaderTimes {
  /** First wait before a file is sent again; doubled each time. */
  retryMs: number;
  /** Progress is told so often at most. */
  tellMs: number;
}

/** More at once make no line faster, and a folder of 5,000 is no attack. */
const AT_ONCE = 4;
/** Files whose digests are asked about together. */
const CHUNK = 50;
/** Tries of one file, beside those after a pause. */
const TRIES = 4;
const TIMES: UploaderTimes = { retryMs: 1000, tellMs: 200 };

/** Faults of the server, the line or the key, not of the file: everything waits until somebody goes on. */
const STOPPING = new Set(['UNAUTHORIZED', 'FORBIDDEN', 'UPLOADS_FULL', 'UNREACHABLE', 'RATE_LIMITED']);

/**
 * Uploads thousands of files. What is there already, by its content, is not sent: so an upload that was cut off, or a page that
 * was loaded anew, goes on where it was.
 */
export function createUploader(
  client: Pick<StudioClient, 'post' | 'submit'>,
  { retryMs, tellMs }: UploaderTimes = TIMES,
): Uploader {
  const ending = new AbortController();
  const queue = new PQueue({ concurrency: AT_ONCE });
  const files = new Map<string, LocalFile>();
  const digests = new Map<string, string>();
  const failed = new Map<string, string>();
  let bytes = 0;
  let doneBytes = 0;
  let known = 0;
  let pausedFor: ProblemError | null = null;
  const current = (): UploadProgress => ({
    files: files.size,
    bytes,
    doneFiles: digests.size,
    doneBytes,
    known,
    failed: [...failed].map(([path, message]) => ({ path, message })),
    isPaused: queue.isPaused,
    pausedFor,
  });
  const progress = createStore<UploadProgress>(current());
  let telling: ReturnType<typeof setTimeout> | undefined;
  const tell = (): void => {
    telling ??= setTimeout(() => {
      telling = undefined;
      progress.set(current());
    }, tellMs);
  };

  function enqueue(some: readonly LocalFile[]): void {
    for (let from = 0; from < some.length; from += CHUNK) {
      const chunk = some.slice(from, from + CHUNK);
      void queue.add(() => sendChunk(chunk));
    }
    tell();
  }

  /** Asks for a chunk at once, and sends what is missing, each file as a task of its own, before further chunks. */
  async function sendChunk(chunk: readonly LocalFile[]): Promise<void> {
    const read: { file: LocalFile; sha256: string | null }[] = [];
    for (const file of chunk) {
      if (ending.signal.aborted) return;
      const sha256 = await sha256Of(file).catch((error: unknown) => {
        fail(file, error);
        return undefined;
      });
      if (sha256 !== undefined) read.push({ file, sha256 });
    }
    const there = await lookUp(read.flatMap(({ sha256 }) => sha256 ?? []));
    for (const { file, sha256 } of read) {
      if (sha256 !== null && there.has(sha256)) {
        known += 1;
        done(file, sha256);
      } else void queue.add(() => send(file, sha256), { priority: 1 });
    }
  }

  /** Those that stay for long enough. When nobody answers, everything is sent: then it shows. */
  async function lookUp(asked: readonly string[]): Promise<Set<string>> {
    if (asked.length === 0) return new Set();
    try {
      const { items } = await client.post<{ items: { sha256: string; expiresAt: string | null }[] }>(
        'photos/lookup',
        { sha256: asked },
      );
      return new Set(items.flatMap(({ sha256, expiresAt }) => (staysForLong(expiresAt) ? [sha256] : [])));
    } catch {
      return new Set();
    }
  }

  async function send(file: LocalFile, sha256: string | null): Promise<void> {
    for (let tries = 1; !ending.signal.aborted; tries += 1) {
      try {
        const body = await file.read();
        const query = sha256 === null ? '' : `?sha256=${sha256}`;
        const answer = await client.submit<{ sha256: string }>(`photos${query}`, body, {
          contentType: 'application/octet-stream',
          signal: ending.signal,
        });
        return done(file, answer.sha256);
      } catch (error) {
        if (ending.signal.aborted) return;
        if (!(error instanceof ProblemError)) return fail(file, error);
        const { status, code } = error.problem;
        const mayPass = status === 0 || status === 408 || status === 429 || status >= 500;
        if (mayPass && tries < TRIES) await wait(retryMs * 2 ** (tries - 1));
        else if (mayPass || STOPPING.has(code)) return putBack(file, sha256, error);
        else return fail(file, error);
      }
    }
  }

  function putBack(file: LocalFile, sha256: string | null, error: ProblemError): void {
    queue.pause();
    pausedFor = error;
    void queue.add(() => send(file, sha256), { priority: 1 });
    tell();
  }

  function done(file: LocalFile, sha256: string): void {
    digests.set(file.path, sha256);
    doneBytes += file.bytes;
    tell();
  }

  function fail(file: LocalFile, error: unknown): void {
    const words =
      error instanceof ProblemError ? (error.problem.detail ?? error.problem.title) : String(error);
    failed.set(file.path, words);
    tell();
  }

  return {
    progress,
    add(some) {
      const fresh = some.filter((file) => {
        if (files.has(file.path)) return false;
        files.set(file.path, file);
        bytes += file.bytes;
        return true;
      });
      enqueue(fresh);
    },
    pause() {
      queue.pause();
      tell();
    },
    resume() {
      pausedFor = null;
      queue.start();
      tell();
    },
    retry() {
      const again = [...failed.keys()].flatMap((path) => files.get(path) ?? []);
      failed.clear();
      enqueue(again);
    },
    digestOf: (path) => digests.get(path),
    close() {
      ending.abort();
      queue.clear();
      clearTimeout(telling);
    },
  };
}

/** Half a month, or for good: one that ends sooner is sent again, which renews it. */
function staysForLong(expiresAt: string | null): boolean {
  return expiresAt === null || Date.parse(expiresAt) - Date.now() > 15 * 86_400_000;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
