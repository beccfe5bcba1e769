import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { recall, remember } from './memory.mjs';
import { ROOT } from './root.mjs';
import { run, runPackageScript } from './run.mjs';

/** Compiles what changed since the last build: the processes with `tsc -b`, the dashboard with its own script. */
export async function build() {
  await Promise.all([buildProcesses(), buildDashboard()]);
}

async function buildProcesses() {
  const projects = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')).references.map(
    ({ path }) => path,
  );
  const inputs = projects.flatMap((path) => [`${path}/src`, `${path}/tsconfig.json`, `${path}/package.json`]);
  const outputs = projects.map((path) => `${path}/dist/.tsbuildinfo`);
  await whenChanged(
    'built-processes',
    [...inputs, 'tsconfig.json', 'tsconfig.base.json'],
    outputs,
    async () => {
      if ((await compile()) === 0) return 0;
      // A build that was killed leaves files that the next one takes for whole: only what a build from nothing says counts.
      console.error('Building processes from nothing, in case an earlier build was cut short …');
      return compile('--force');
    },
  );
}

/** Resolves with the exit code. */
function compile(...more) {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  return run(process.execPath, [tsc, '-b', ...more], { stdio: ['ignore', 2, 2] });
}

async function buildDashboard() {
  if (!existsSync(join(ROOT, 'apps/dashboard/package.json'))) return;
  const files = readdirSync(join(ROOT, 'apps/dashboard')).filter(
    (name) => !/^(dist|node_modules)$/.test(name),
  );
  const inputs = [...files.map((name) => `apps/dashboard/${name}`), 'packages/contract/src'];
  await whenChanged('built-dashboard', inputs, ['apps/dashboard/dist/index.html'], () =>
    runPackageScript('apps/dashboard', 'build', [], { stdio: ['ignore', 2, 2] }),
  );
}

/** Runs `work` unless it was done for exactly these inputs and its outputs are still there. */
async function whenChanged(name, inputs, outputs, work) {
  const fingerprint = fingerprintOf(inputs);
  const isThere = outputs.every((output) => existsSync(join(ROOT, output)));
  if (isThere && recall(name) === fingerprint) return;
  console.error(name.replace('built-', 'Building ').concat(' …'));
  const status = await work();
  if (status !== 0) throw new Error('The build failed; see above.');
  remember(name, fingerprint);
}

/** Of names, sizes and times of change: reading 300 stats takes milliseconds, `tsc -b` needs a second to say no. */
function fingerprintOf(inputs) {
  const hash = createHash('sha256')
    .update(process.version)
    .update(recall('installed') ?? '');
  for (const input of inputs.flatMap(filesUnder).sort()) {
    const { size, mtimeMs } = statSync(input);
    hash.update(`${input}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function filesUnder(path) {
  const absolute = join(ROOT, path);
  if (!existsSync(absolute)) return [];
  if (!statSync(absolute).isDirectory()) return [absolute];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
