/**
 * For tests: the worker's own process, which kills itself (-9) at a named point on the way of a parcel. It begins when it reads a line.
 * Arguments: the point (any other name: none), and after how many booked calls `halfRead` is.
 */
import { once } from 'node:events';
import { createRequire } from 'node:module';
import '../serve-worker.ts';

const [, , point = '', half = '1'] = process.argv;

function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => {});
}

/** What is behind `is` never happens. */
async function dieIf(is: boolean): Promise<void> {
  if (is) await die();
}

const ask = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const url = String(input);
  const isCreate = url.endsWith(':batchGenerateContent');
  await dieIf(point === 'creating' && isCreate);
  const answer = await ask(input, init);
  const isLastPiece = new Headers(init?.headers).get('x-goog-upload-command')?.includes('finalize') === true;
  await dieIf(point === 'uploaded' && isLastPiece);
  await dieIf(point === 'answerLost' && isCreate);
  await dieIf(point === 'cancelRequested' && url.endsWith(':cancel'));
  return answer;
};

interface Command {
  name: string;
  args: unknown[];
  promise: Promise<unknown>;
}

/** A script's keys and arguments; of any other command none. */
function scriptOf({ name, args }: Command): { keys: string[]; rest: string[] } {
  const texts = args.map(String);
  const count = name.startsWith('eval') ? Number(texts[1]) : 0;
  return { keys: texts.slice(2, 2 + count), rest: texts.slice(2 + count) };
}

let booked = 0;

/** The names of points that lie right behind the answer to a command. */
function pointsBehind(command: Command, answer: unknown): string[] {
  const { keys, rest } = scriptOf(command);
  const [first = '', second = '', third = '', fourth = ''] = keys;
  const names: string[] = [];
  if (third.endsWith(':parcels') && Array.isArray(answer) && Number(answer[0]) > 0) names.push('intended');
  if (second.endsWith(':parcels') && rest[3] === 'created' && Number(answer) === 1) names.push('created');
  if (command.name === 'set' && /:ledger:[0-9a-f]{64}$/.test(String(command.args[0]))) names.push('recorded');
  if (third.endsWith(':parcelled') && fourth.endsWith(':totals') && Number(answer) >= 0) {
    booked += 1;
    names.push('settled');
    if (booked === Number(half)) names.push('halfRead');
  }
  if (first.includes(':batch:') && keys.length === 1 && rest.length === 0 && Number(answer) === 1)
    names.push('released');
  return names;
}

/** The client that the queues use. */
const { Redis } = createRequire(import.meta.resolve('@image-studio/queue'))('ioredis') as {
  Redis: { prototype: { sendCommand(command: Command, stream?: unknown): unknown } };
};
const { sendCommand } = Redis.prototype;
Redis.prototype.sendCommand = function (command, stream) {
  // Noted before the caller can: it never learns of the answer.
  command.promise.then(
    (answer) => {
      if (pointsBehind(command, answer).includes(point)) void die();
    },
    () => {},
  );
  return sendCommand.call(this, command, stream);
};

console.log('loaded');
await once(process.stdin, 'data');
await import('../main.ts');
