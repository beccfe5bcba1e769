import type { Command, Redis } from 'ioredis';
import type { RedisGate } from './redis-gate.ts';
import { outageOf } from './redis-outage.ts';

/** Commands that concern the connection or the server: they do not touch the data. */
const ALWAYS_SENT: ReadonlySet<string> = new Set([
  'auth',
  'client',
  'config',
  'hello',
  'info',
  'ping',
  'quit',
  'select',
  'subscribe',
  'unsubscribe',
]);

type SendCommand = Redis['sendCommand'];
type Rest = [stream?: Parameters<SendCommand>[1]];

const gates = new WeakMap<Redis, RedisGate>();

/**
 * Makes a connection wait while Redis refuses, as ioredis makes it wait while Redis is away: what is refused is held back
 * and sent again when the gate has seen a write go through. The caller sees a slow command and no error; so no job
 * fails, and no loop spins. A command that was refused has changed nothing, so it may be sent again. Returns
 * the connection; copies that BullMQ makes of it are as patient.
 */
export function bePatient(redis: Redis, gate: RedisGate): Redis {
  const send: SendCommand = redis.sendCommand.bind(redis);
  const copy = redis.duplicate.bind(redis);
  const known = new WeakSet<Command>();
  const held: { command: Command; rest: Rest }[] = [];

  redis.sendCommand = (command, ...rest: Rest) => {
    const isAlwaysSent = ALWAYS_SENT.has(command.name.toLowerCase());
    // Part of how a connection is made: ioredis itself wants to know what came of it.
    if (isAlwaysSent && redis.status !== 'ready') return send(command, ...rest);
    if (!known.has(command)) holdWhenRefused(command, isAlwaysSent);
    // Without a connection ioredis keeps it itself, and gives it back here on the next one.
    if (isAlwaysSent || !gate.isShut() || redis.status !== 'ready') return send(command, ...rest);
    held.push({ command, rest });
    return command.promise;
  };
  redis.duplicate = (override) => bePatient(copy(override), gate);

  function holdWhenRefused(command: Command, isQuestion: boolean): void {
    known.add(command);
    const { reject } = command;
    const hold = (error: Error): void => {
      // A user who may do all that is needed may still not be allowed to ask about the server.
      const isForbidden = isQuestion && outageOf(error)?.kind === 'denied';
      // A transaction is refused as a whole: see `executeAll`.
      if (isForbidden || !mayPass(redis, gate, error) || command.inTransaction) {
        reject(error);
      } else {
        // Sending a script wraps it anew each time.
        command.reject = hold;
        held.push({ command, rest: [] });
      }
    };
    command.reject = hold;
  }

  gates.set(redis, gate);
  gate.owns(redis);
  gate.onReopen(() => {
    for (const { command, rest } of held.splice(0)) redis.sendCommand(command, ...rest);
  });
  redis.on('error', (error) => void gate.note(error));
  redis.on('end', () => {
    for (const { command } of held.splice(0)) command.reject(new Error('Connection is closed.'));
  });
  return redis;
}

/** Whether a command would be sent now: neither is the connection lost, nor are commands held back on it. */
export function isOpen(redis: Redis): boolean {
  return redis.status === 'ready' && gates.get(redis)?.isShut() !== true;
}

/** Runs `work` again while a patient connection is refused it; work on any other connection is run once. */
export async function patiently<T>(redis: Redis, work: () => Promise<T>): Promise<T> {
  const gate = gates.get(redis);
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!gate || !mayPass(redis, gate, error)) throw error;
      await reopened(gate, redis);
    }
  }
}

/** Whether this error comes from an outage whose end is worth waiting for. */
function mayPass(redis: Redis, gate: RedisGate, error: unknown): boolean {
  return gate.note(error) !== null && gate.isShut() && redis.status !== 'end';
}

/** Resolves when it opens again, and when the connection is closed for good. */
async function reopened(gate: RedisGate, redis: Redis): Promise<void> {
  if (!gate.isShut()) return;
  await new Promise<void>((resolve) => {
    const over = () => {
      forget();
      redis.off('end', over);
      resolve();
    };
    const forget = gate.onReopen(over);
    redis.once('end', over);
  });
}
