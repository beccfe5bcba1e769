import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { isRedisProcess } from './is-redis-process.ts';
import { askRedisForPid } from './redis-pid.ts';
import { watchOver } from './watch-over.ts';

/** Loading a large append-only file takes a while; 1 GB loads in about 10 s. */
const READY_TIMEOUT_MS = 60_000;
/** After this a Redis that was told to stop is killed; with AOF at most the last second is lost. */
const STOP_TIMEOUT_MS = 10_000;
/** A previous Redis whose launcher was killed is left in peace this long: it lingers for its clients, then saves. */
const NUDGE_AFTER_MS = 5_000;
/** Tries with another free port when somebody took the one that was free a moment ago. */
const PORT_TRIES = 5;

export interface RedisServerOptions {
  /** Path of the binary, from `findRedisServer`. */
  binary: string;
  /** Folder of its files; created when missing. One server per folder. */
  dir: string;
  /** Default, or 0: any free port. */
  port?: number;
  /** Keeps everything in `dir` across restarts (at most the last second is lost in a crash). */
  appendOnly: boolean;
  /** How long it outlives this process when this process is killed, so that its clients can finish. Default 0. */
  lingerSeconds?: number;
  /** Directives of `redis.conf` beside or instead of the private server's own. */
  settings?: Readonly<Record<string, string>>;
}

export interface RedisServer {
  url: string;
  port: number;
  pid: number;
  /** The process itself, to hear about its end. */
  process: ChildProcess;
  /** Ends it, saved, and waits until it is gone. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts a private Redis: loopback only, `noeviction`, in a process group of its own so that a Ctrl-C at the terminal
 * reaches its clients first. Resolves when it answers. It ends with this process, even when this process is killed.
 */
export async function startRedisServer(options: RedisServerOptions): Promise<RedisServer> {
  const dir = resolve(options.dir);
  await mkdir(dir, { recursive: true });
  await previousGone(dir);
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port || (await freePort());
    try {
      return await startOn(port, dir, options);
    } catch (error) {
      const portTaken = error instanceof RedisDied && /Address already in use/i.test(error.output);
      if (!portTaken || options.port || attempt === PORT_TRIES) throw error;
    }
  }
}

/** Redis ended before it answered. */
class RedisDied extends Error {
  override readonly name = 'RedisDied';
  readonly output: string;

  constructor(output: string, exit: string) {
    super(`Redis did not start (${exit}): ${output.trim().split('\n').slice(-3).join(' | ')}`);
    this.output = output;
  }
}

async function startOn(port: number, dir: string, options: RedisServerOptions): Promise<RedisServer> {
  const child = spawn(options.binary, redisArguments(port, dir, options), {
    cwd: dir,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = `${output}${chunk}`.slice(-4000);
    });
  }
  const exited = once(child, 'exit');
  const failed = exited.then(
    ([code, signal]) => Promise.reject(new RedisDied(output, signal ?? `exit code ${code}`)),
    (cause: unknown) => Promise.reject(new Error(`${options.binary} could not be run`, { cause })),
  );
  failed.catch(() => {});
  const started = new AbortController();
  const pid = await Promise.race([answering(child, port, started.signal), failed]).finally(() =>
    started.abort(),
  );
  const watcher = watchOver(pid, options.lingerSeconds);
  await writeFile(pidFile(dir), JSON.stringify({ pid, port }));

  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(killer);
    }
    await watcher.close();
  };
  return { url: `redis://127.0.0.1:${port}`, port, pid, process: child, stop };
}

function redisArguments(
  port: number,
  dir: string,
  { appendOnly, settings: more }: RedisServerOptions,
): string[] {
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    'protected-mode': 'yes',
    daemonize: 'no',
    dir,
    save: '',
    appendonly: appendOnly ? 'yes' : 'no',
    appendfsync: 'everysec',
    // Queues must never lose a key to save memory.
    'maxmemory-policy': 'noeviction',
    ...more,
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

/** Resolves with the pid as soon as this very child answers; another server on the port is not it. */
async function answering(child: ChildProcess, port: number, signal: AbortSignal): Promise<number> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline && !signal.aborted) {
    const pid = await askRedisForPid(port);
    if (pid !== undefined && pid === child.pid) return pid;
    await delay(20);
  }
  child.kill('SIGKILL');
  throw new Error(`Redis did not answer on port ${port} within ${READY_TIMEOUT_MS} ms`);
}

/**
 * Two servers on one append-only file destroy it. One whose launcher was killed is still on its way out: it gets time,
 * then a SIGTERM; only a process that really is the Redis of this folder's note is touched.
 */
async function previousGone(dir: string): Promise<void> {
  const previous = await readPidFile(dir);
  if (previous === undefined) return;
  const nudgeAt = Date.now() + NUDGE_AFTER_MS;
  const giveUpAt = nudgeAt + STOP_TIMEOUT_MS;
  let nudged = false;
  while (await isRedisProcess(previous.pid, previous.port)) {
    if (Date.now() > giveUpAt) {
      throw new Error(`another Redis (process ${previous.pid}) is still using ${dir}: stop it first`);
    }
    if (!nudged && Date.now() > nudgeAt) {
      nudged = true;
      process.kill(previous.pid, 'SIGTERM');
    }
    await delay(50);
  }
  await rm(pidFile(dir), { force: true });
}

function pidFile(dir: string): string {
  return join(dir, 'redis-process.json');
}

async function readPidFile(dir: string): Promise<{ pid: number; port: number } | undefined> {
  try {
    const { pid, port } = JSON.parse(await readFile(pidFile(dir), 'utf8')) as Record<string, unknown>;
    return typeof pid === 'number' && typeof port === 'number' ? { pid, port } : undefined;
  } catch {
    return undefined;
  }
}
