import { setPriority } from 'node:os';
import { ATTACKS, type Tally, type Target } from './attacks.ts';

/** How often it is said what has been done. */
const TELL_MS = 250;

/**
 * `node attack-main.js NAME TARGET`, the target as JSON: one attack, until the process is killed. Each line that it prints is
 * what it has done so far; `swing` is 1 once it is in full swing. Its own work, which in life is done on somebody else's machine,
 * gives way to everything that is measured.
 */
setPriority(19);
const [name = '', target = ''] = process.argv.slice(2);
const tally: Tally = { swing: 0 };
const count = (what: string, by = 1) => {
  tally[what] = (tally[what] ?? 0) + by;
};
setInterval(() => process.stdout.write(`${JSON.stringify(tally)}\n`), TELL_MS);
await ATTACKS[name as keyof typeof ATTACKS](JSON.parse(target) as Target, count);
count('swing');
