import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisServer, startRedisServer } from '@image-studio/runtime';
import { Redis } from 'ioredis';

export interface TestRedis {
  url: string;
  port: number;
  /** Folder of its files, and its working directory. */
  dir: string;
  /** Of the server that runs now; changes with `restart`. */
  readonly pid: number;
  /** Sends a signal: `SIGKILL` kills it (and waits for its end), `SIGSTOP` and `SIGCONT` freeze and thaw it. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Ends it if it still runs and starts it again on the same port; data survives with `appendOnly`. */
  restart(): Promise<void>;
  /** Sends one command over a connection of its own; resolves with the answer. */
  command(name: string, ...args: (string | number)[]): Promise<unknown>;
  /** Ends it and removes its files. Safe to call twice. */
  stop(): Promise<void>;
}

/** A real, private Redis for one test file: own port, own folder, gone with the test process whatever happens. */
export async function startTestRedis(
  options: {
    appendOnly?: boolean;
    settings?: Record<string, string>;
    /** Of an earlier server; default: a new one. Gone with `stop`, too. */
    dir?: string;
  } = {},
): Promise<TestRedis> {
  const binary = await findRedisServer({
    autoInstall: true,
    say: (line) => process.stderr.write(`${line}\n`),
  });
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'image-studio-redis-')));
  const start = (port: number) =>
    startRedisServer({
      binary,
      dir,
      port,
      appendOnly: options.appendOnly ?? false,
      settings: options.settings ?? {},
    });
  let server = await start(0);
  const { url, port } = server;
  return {
    url,
    port,
    dir,
    get pid() {
      return server.pid;
    },
    async kill(signal) {
      const exited = once(server.process, 'exit');
      process.kill(server.pid, signal);
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await exited;
    },
    async restart() {
      await server.stop();
      server = await start(port);
    },
    async command(name, ...args) {
      const connection = new Redis(url);
      try {
        return await connection.call(name, ...args);
      } finally {
        connection.disconnect();
      }
    },
    async stop() {
      // A frozen process hears no SIGTERM.
      if (server.process.exitCode === null && server.process.signalCode === null)
        server.process.kill('SIGCONT');
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
