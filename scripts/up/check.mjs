import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.mjs';
import { run } from './run.mjs';

const BIOME = 'node_modules/@biomejs/biome/bin/biome';
const KNIP = 'node_modules/knip/bin/knip.js';
const TSC = 'node_modules/typescript/bin/tsc';

const CHECKS = [
  { name: 'format and lint', args: [BIOME, 'check'] },
  // The others read its declarations, see tsconfig.check.json.
  { name: 'declarations of pictures', args: [TSC, '-b', 'packages/imaging'] },
  { name: 'types of pictures', args: [TSC, '-p', 'packages/imaging/tsconfig.check.json'] },
  { name: 'types', args: [TSC, '-p', 'tsconfig.check.json'] },
  { name: 'rooms', args: ['scripts/check-rooms.mjs'] },
  { name: 'what nobody uses', args: [KNIP, '--no-progress'] },
  { name: 'deployment files', args: ['scripts/check-deployment.mjs'] },
  {
    name: 'dashboard types',
    args: [TSC, '-p', 'apps/dashboard/tsconfig.json', '--noEmit'],
    needs: 'apps/dashboard/tsconfig.json',
  },
];

/** Runs every check, also after one has failed: a list of faults beats the first of them. Resolves with 0 or 1. */
export async function check() {
  const failed = [];
  for (const { name, args, needs } of CHECKS) {
    if (needs !== undefined && !existsSync(join(ROOT, needs))) continue;
    console.log(`\n— ${name}`);
    if ((await run(process.execPath, args)) !== 0) failed.push(name);
  }
  console.log(failed.length === 0 ? '\nAll checks passed.' : `\nFailed: ${failed.join(', ')}.`);
  return failed.length === 0 ? 0 : 1;
}

/** Formats and applies the safe fixes of the linter. */
export function format(args) {
  return run(process.execPath, [BIOME, 'check', '--write', ...args]);
}
