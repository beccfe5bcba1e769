/**
 * What every npm script runs: brings a fresh clone to where the target can start (dependencies, build), then runs
 * the target. Needs Node and npm and nothing else; everything here uses Node's own modules only.
 */
const NEEDS = [20, 19];
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < NEEDS[0] || (major === NEEDS[0] && minor < NEEDS[1])) {
  console.error(`Image Studio needs Node ${NEEDS.join('.')} or newer; this is ${process.versions.node}.`);
  console.error('Install one from https://nodejs.org or with your version manager (nvm install 22).');
  process.exit(1);
}

// Imported only now, so that an old Node gets the sentence above instead of a syntax error.
const { build } = await import('./up/build.mjs');
const { check, format } = await import('./up/check.mjs');
const { install } = await import('./up/install.mjs');
const { withLock } = await import('./up/lock.mjs');
const { runPackageScript, runStudio } = await import('./up/run.mjs');
const { runTests } = await import('./up/run-tests.mjs');

const TARGETS = {
  start: { builds: true, run: (args) => runStudio('start', args) },
  demo: { builds: true, run: (args) => runStudio('demo', args) },
  test: { builds: false, run: runTests },
  check: { builds: false, run: check },
  e2e: { builds: true, run: (args) => runPackageScript('e2e', 'e2e', args) },
  chaos: { builds: true, run: (args) => runPackageScript('e2e', 'chaos', args) },
  bench: { builds: true, run: (args) => runPackageScript('bench', 'bench', args) },
  screenshots: { builds: true, run: (args) => runPackageScript('e2e', 'screenshots', args) },
  build: { builds: true, run: () => 0 },
  format: { builds: false, run: format },
};

const [name, ...args] = process.argv.slice(2);
const target = TARGETS[name];
if (target === undefined) {
  console.error(`Usage: node scripts/up.mjs ${Object.keys(TARGETS).join('|')} [arguments]`);
  process.exit(2);
}
try {
  await withLock(async () => {
    await install();
    if (target.builds) await build();
  });
  process.exitCode = await target.run(args);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
