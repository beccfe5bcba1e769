/**
 * For tests: the worker's own process, which kills itself (-9) at a named point on the way of a call. It begins when it reads a line.
 * Argument: the point (any other name: none), with `*4` behind it to die at the fourth time.
 */
import { once } from 'node:events';
import '../serve-worker.ts';
import { type Command, die, killAt, type ScriptCall, scriptOf } from './kill-at.ts';

const [point = '', times = '1'] = (process.argv[2] ?? '').split('*');

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

type Reads = (name: string) => Promise<string | null>;

const isLedger = ({ name, args }: Command) =>
  name === 'set' && /:ledger:[0-9a-f]{64}$/.test(String(args[0] ?? ''));
const isFinish = ({ keys: [batch = '', totals = ''] }: ScriptCall, answer: unknown) =>
  batch.includes(':batch:') && totals.endsWith(':totals') && Array.isArray(answer) && answer[0] === 1;
const hasAdded = ({ keys }: ScriptCall) => keys.length === 1 && keys[0]?.includes(':claim:') === true;
const hasRoute = ({ keys, rest }: ScriptCall) =>
  keys[1]?.endsWith(':throughput') === true && rest[2]?.includes('"routes"') === true;
const isHandOver = ({ keys: [claim = '', waiters = ''] }: ScriptCall) =>
  claim.includes(':claim:') && waiters.includes(':waiters:');
let isRouted = false;

/** Points that lie right behind the answer to a command; `batch` reads a field of the batch that a script is about. */
const BEHIND: Record<
  string,
  (script: ScriptCall, answer: unknown, batch: Reads) => boolean | Promise<boolean>
> = {
  begun: ({ keys: [batch = '', ...more], rest }, answer) =>
    batch.includes(':batch:') && more.length === 0 && rest.length === 2 && isFilled(answer),
  added: (script) => hasAdded(script),
  reserved: ({ keys }, answer) => keys.length === 10 && isFilled(answer) && answer[0] === 'ok',
  listed: isFinish,
  nextPass: async (script, answer, batch) =>
    isFinish(script, answer) && Number((await batch('pass')) ?? 0) > 0,
  sampled: async (script, answer, batch) =>
    isFinish(script, answer) && (await batch('pausedFor')) === 'sample',

  routed: (script, answer) => hasRoute(script) && Number(answer) === 1,
  handedOver: isHandOver,
  addedElsewhere: (script) => isRouted && hasAdded(script),

  intended: ({ keys: [, , parcels = ''] }, answer) =>
    parcels.endsWith(':parcels') && isFilled(answer) && Number(answer[0]) > 0,
  created: ({ keys: [, parcels = ''], rest }, answer) =>
    parcels.endsWith(':parcels') && rest[3] === 'created' && Number(answer) === 1,
  settled: ({ keys: [, , parcelled = '', totals = ''] }, answer) =>
    parcelled.endsWith(':parcelled') && totals.endsWith(':totals') && Number(answer) >= 0,
  released: ({ keys: [batch = '', ...more], rest }, answer) =>
    batch.includes(':batch:') && more.length === 0 && rest.length === 0 && Number(answer) === 1,
};

const isFilled = (answer: unknown): answer is unknown[] => Array.isArray(answer) && answer.length > 0;

let met = 0;
const isTime = (is: boolean) => is && ++met === Number(times);

/** Points that lie right before a command. `unrecorded`: the picture is in the store. `removed`: the job of the call is gone. */
const BEFORE: Record<string, (command: Command) => boolean> = {
  unrecorded: isLedger,
  removed: (command) => isHandOver(scriptOf(command)),
};

killAt(
  (command) => isTime(BEFORE[point]?.(command) === true),
  async (command, answer, redis) => {
    const script = scriptOf(command);
    if (hasRoute(script)) isRouted = true;
    if (point === 'recorded') return isTime(isLedger(command));
    const batch: Reads = (field) => redis.hget(script.keys[0] ?? '', field);
    return isTime((await BEHIND[point]?.(script, answer, batch)) === true);
  },
);

console.log('loaded');
await once(process.stdin, 'data');
await import('../main.ts');
