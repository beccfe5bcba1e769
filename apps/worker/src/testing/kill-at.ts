import { createRequire } from 'node:module';

/** A command on its way to Redis. */
export interface Command {
  name: string;
  args: unknown[];
  promise: Promise<unknown>;
}

/** A script's keys and arguments, as text; of any other command none. */
export interface ScriptCall {
  keys: string[];
  rest: string[];
}

export function scriptOf({ name, args }: Command): ScriptCall {
  const texts = args.map(String);
  const count = name.startsWith('eval') ? Number(texts[1]) : 0;
  return { keys: texts.slice(2, 2 + count), rest: texts.slice(2 + count) };
}

/** Ends this process as a kill -9 does; what is behind it never happens. */
export function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => {});
}

type Reader = { hget(key: string, field: string): Promise<string | null> };

/**
 * For tests: ends this process right before a command of the queues' is sent to Redis, or right behind its answer, which nobody learns of.
 * `redis` asks on the same connection.
 */
export function killAt(
  isBefore: (command: Command) => boolean,
  isBehind: (command: Command, answer: unknown, redis: Reader) => boolean | Promise<boolean>,
): void {
  const { Redis } = createRequire(import.meta.resolve('@image-studio/queue'))('ioredis') as {
    Redis: { prototype: Reader & { sendCommand(command: Command, stream?: unknown): unknown } };
  };
  const { sendCommand } = Redis.prototype;
  Redis.prototype.sendCommand = function (command, stream) {
    if (isBefore(command)) return die();
    // Noted before the caller can: it never learns of the answer.
    command.promise.then(
      async (answer) => {
        if (await isBehind(command, answer, this)) void die();
      },
      () => {},
    );
    return sendCommand.call(this, command, stream);
  };
}
