import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisServer, freePort, watchOver } from '@image-studio/runtime';
import { Redis } from 'ioredis';
import { eventually } from './eventually.ts';
import { startTestRedis, type TestRedis } from './redis.ts';

/** What the sentinels call the group. */
const NAME = 'studio';
/** Starting and electing take a second or two; on a machine that is busy with other tests, more. */
const PATIENCE = { timeoutMs: 30_000 };

export interface Sentinels {
  /** For `REDIS_URL`. */
  redisUrl: string;
  replicas: TestRedis[];
  /** Port of the server that the sentinels take for the primary. */
  primaryPort(): Promise<number>;
  /** Resolves when every replica of the primary has all that it has written. */
  inSync(): Promise<void>;
  /** Ends sentinels and replicas; the first primary is its owner's. */
  close(): Promise<void>;
}

/**
 * Three real sentinels around a primary, and two replicas of it. They take it for dead after `downAfterMs` of silence.
 * `password` is what the sentinels demand of their clients.
 */
export async function startSentinels(
  primary: TestRedis,
  options: { downAfterMs?: number; password?: string } = {},
): Promise<Sentinels> {
  const binary = await findRedisServer({ autoInstall: true, say: () => {} });
  const dir = await mkdtemp(join(tmpdir(), 'image-studio-sentinels-'));
  const replicas = await Promise.all([1, 2].map(() => startTestRedis({ appendOnly: true })));
  for (const { port } of replicas) await ask(port, (redis) => redis.replicaof('127.0.0.1', primary.port));
  const login = options.password === undefined ? {} : { password: options.password };
  const sentinels = await Promise.all(
    [1, 2, 3].map((n) => startSentinel(binary, join(dir, `${n}.conf`), primary.port, options)),
  );
  const ports = sentinels.map(({ port }) => port);
  const askSentinel = <T>(port: number, question: (redis: Redis) => Promise<T>) => ask(port, question, login);
  // Before they know each other and the replicas, there is no majority and nobody to promote.
  for (const port of ports) {
    await eventually(async () => {
      const [state = []] = (await askSentinel(port, (redis) =>
        redis.call('SENTINEL', 'MASTERS'),
      )) as string[][];
      const field = (name: string) => state[state.indexOf(name) + 1];
      if (field('num-other-sentinels') !== '2' || field('num-slaves') !== '2')
        throw new Error(
          `a sentinel knows ${field('num-other-sentinels')} others, ${field('num-slaves')} replicas`,
        );
    }, PATIENCE);
  }
  const primaryPort = async () => {
    for (const port of ports) {
      const [, answer] = (await askSentinel(port, (redis) =>
        redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME),
      )) as [string, string];
      return Number(answer);
    }
    throw new Error('there is no sentinel');
  };
  return {
    redisUrl: `redis+sentinel://${ports.map((port) => `127.0.0.1:${port}`).join(',')}/${NAME}`,
    replicas,
    primaryPort,
    async inSync() {
      const port = await primaryPort();
      await eventually(async () => {
        const reached = await ask(port, (redis) => redis.wait(2, 1000));
        if (reached < 2) throw new Error(`${reached} replicas are in sync`);
      }, PATIENCE);
    },
    async close() {
      await Promise.all(sentinels.map(({ stop }) => stop()));
      await Promise.all(replicas.map((replica) => replica.stop()));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function startSentinel(
  binary: string,
  file: string,
  primaryPort: number,
  { downAfterMs = 1500, password }: { downAfterMs?: number; password?: string },
): Promise<{ port: number; stop(): Promise<void> }> {
  const port = await freePort();
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `sentinel monitor ${NAME} 127.0.0.1 ${primaryPort} 2`,
    `sentinel down-after-milliseconds ${NAME} ${downAfterMs}`,
    `sentinel failover-timeout ${NAME} 10000`,
    ...(password === undefined ? [] : [`requirepass ${password}`]),
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const child: ChildProcess = spawn(binary, [file, '--sentinel'], { detached: true, stdio: 'ignore' });
  const watcher = watchOver(child.pid ?? 0);
  return {
    port,
    async stop() {
      const exited = once(child, 'exit');
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await exited;
      }
      await watcher.close();
    },
  };
}

async function ask<T>(port: number, question: (redis: Redis) => Promise<T>, login: object = {}): Promise<T> {
  // Sentinels know few commands; `INFO` is one of them, a database is not.
  const redis = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: 20, ...login });
  redis.on('error', () => {});
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}
