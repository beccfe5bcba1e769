import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.mjs';
import { run } from './run.mjs';

const BIOME = 'node_modules/@biomejs/biome/bin/biome';
const KNIP = 'node_modules/knip/bin/knip.js';
const TSC = 'node_modules/typescript/bin/tsc';

/** Two lists that go side by side, each in its order. */
const LANES = [
  [
    // The others read its declarations, see tsconfig.check.json.
    { name: 'declarations of pictures', args: [TSC, '-b', 'packages/imaging'] },
    { name: 'types of pictures', args: [TSC, '-p', 'packages/imaging/tsconfig.check.json'] },
    { name: 'types', args: [TSC, '-p', 'tsconfig.check.json'] },
    {
      name: 'dashboard types',
      args: [TSC, '-p', 'apps/dashboard/tsconfig.json', '--noEmit'],
      needs: 'apps/dashboard/tsconfig.json',
    },
  ],
  [
    { name: 'format and lint', args: [BIOME, 'check'] },
    { name: 'what nobody uses', args: [KNIP, '--no-progress'] },
    { name: 'deployment files', args: ['scripts/check-deployment.mjs'] },
    { name: 'rooms', args: ['scripts/check-rooms.mjs'] },
    { name: 'documents', args: ['scripts/check-documents.mjs'] },
  ],
];

/** Runs every check, also after one has failed: a list of faults beats the first of them. Resolves with 0 or 1. */
export async function check() {
  const failed = (await Promise.all(LANES.map(failuresOf))).flat();
  console.log(failed.length === 0 ? '\nAll checks passed.' : `\nFailed: ${failed.join(', ')}.`);
  return failed.length === 0 ? 0 : 1;
}

/** Runs them one after the other; resolves with the names of those that failed. */
async function failuresOf(checks) {
  const failed = [];
  for (const { name, args, needs } of checks) {
    if (needs !== undefined && !existsSync(join(ROOT, needs))) continue;
    const { code, output } = await runQuietly(args);
    console.log(`\n— ${name}\n${output}`.trimEnd());
    if (code !== 0) failed.push(name);
  }
  return failed;
}

/** Runs a script of Node's to its end. What it prints is kept together: another one runs beside it. */
async function runQuietly(args) {
  const colour = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  let output = '';
  const code = await run(process.execPath, args, {
    env: { ...process.env, ...colour },
    stdio: ['ignore', 'pipe', 'pipe'],
    onOutput: (text) => {
      output += text;
    },
  });
  return { code, output };
}

/** Formats and applies the safe fixes of the linter. */
export function format(args) {
  return run(process.execPath, [BIOME, 'check', '--write', ...args]);
}
