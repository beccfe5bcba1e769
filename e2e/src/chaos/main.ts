import { parseArgs } from 'node:util';
import { runChaos } from './run-chaos.ts';

/** `npm run chaos -- --minutes 2 --seed 7`. Prints one line of figures; exits 1 when a promise was not kept. */
const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes ?? 15);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error('Usage: npm run chaos -- [--minutes 15] [--seed 7]');
  process.exit(2);
}
process.exit((await runChaos({ minutes, seed })) ? 0 : 1);
