import { setPriority } from 'node:os';
import { ATTACKS, type Target } from './attacks.ts';

/**
 * `node attack-main.js NAME TARGET`, the target as JSON: one attack, until the process is killed. It says `begun` when it is in
 * full swing. Its own work, which in life is done on somebody else's machine, gives way to everything that is measured.
 */
setPriority(19);
const [name = '', target = ''] = process.argv.slice(2);
await ATTACKS[name as keyof typeof ATTACKS](JSON.parse(target) as Target);
process.stdout.write('begun\n');
