import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recall, remember } from './memory.mjs';
import { ROOT } from './root.mjs';
import { withoutNpm } from './without-npm.mjs';

/**
 * Installs the dependencies exactly as locked, when the lockfile is not the one that was installed last. Uses the pnpm
 * of package.json's `packageManager`: from the path, or else through npx.
 */
export async function install() {
  const lockfile = readFileSync(join(ROOT, 'pnpm-lock.yaml'));
  const fingerprint = createHash('sha256').update(lockfile).digest('hex');
  if (recall('installed') === fingerprint && existsSync(join(ROOT, 'node_modules/.modules.yaml'))) return;

  const { packageManager } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const version = packageManager.split('@')[1].split('+')[0];
  const env = withoutNpm(process.env);
  const [command, ...first] = hasPnpm(version, env) ? ['pnpm'] : ['npx', '--yes', `pnpm@${version}`];
  console.error(`Installing dependencies (pnpm ${version}) …`);
  // Its output goes to stderr: stdout belongs to the target (`npm run demo -- --json`).
  const { status, error } = spawnSync(
    command,
    [...first, 'install', '--frozen-lockfile', '--config.confirm-modules-purge=false'],
    { cwd: ROOT, env, stdio: ['ignore', 2, 2] },
  );
  if (error) throw new Error(`${command} could not be run: ${error.message}`);
  if (status !== 0) throw new Error(`Installing dependencies failed (${command} exited with ${status}).`);
  remember('installed', fingerprint);
}

function hasPnpm(version, env) {
  // COREPACK_…: where pnpm is corepack's stand-in, it must not ask whether it may download.
  const probe = spawnSync('pnpm', ['--version'], {
    cwd: ROOT,
    env: { ...env, COREPACK_ENABLE_DOWNLOAD_PROMPT: '0', COREPACK_ENABLE_NETWORK: '0' },
    encoding: 'utf8',
    timeout: 10_000,
  });
  return probe.status === 0 && probe.stdout.trim() === version;
}
