import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Ways to get a Redis, one line each, for people. */
export const REDIS_REMEDIES = [
  'No Redis server was found. One of these helps:',
  '  Debian, Ubuntu: sudo apt-get install redis-server',
  '  macOS:          brew install redis',
  '  Fedora:         sudo dnf install valkey',
  '  Docker:         docker run -p 6379:6379 redis:7  and  REDIS_URL=redis://127.0.0.1:6379',
].join('\n');

export interface FindRedisOptions {
  /** Whether software may be installed for it (`STUDIO_AUTO_INSTALL` is not `0`). */
  autoInstall: boolean;
  /** Told what is about to be installed or downloaded, one sentence each. */
  say: (message: string) => void;
  /** Search path; default: this process's. */
  path?: string;
}

/**
 * Path of a Redis server binary: `redis-server` or `valkey-server` on the path; else installed by apt-get (as root on
 * a Debian-like system); else built by redis-memory-server, which takes minutes the first time. Rejects with the
 * remedies when nothing of that works.
 */
export async function findRedisServer(options: FindRedisOptions): Promise<string> {
  const path = options.path ?? systemPath();
  const found = onPath(path);
  if (found !== undefined) return found;
  if (!options.autoInstall) throw new Error(REDIS_REMEDIES);
  return aptInstalled(path, options.say) ?? (await downloaded(options.say));
}

function onPath(path: string): string | undefined {
  const names = ['redis-server', 'valkey-server'];
  const candidates = path.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return candidates.find(isExecutable);
}

/** Servers often live in an sbin folder, which is not on everybody's path. */
function systemPath(): string {
  return [process.env.PATH ?? '', '/usr/local/bin', '/usr/bin', '/usr/local/sbin', '/opt/homebrew/bin'].join(
    delimiter,
  );
}

function aptInstalled(path: string, say: (message: string) => void): string | undefined {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  say(
    'No Redis server found: installing the package redis-server with apt-get (STUDIO_AUTO_INSTALL=0 forbids this).',
  );
  // The package would start a server of its own on port 6379; a policy of 101 keeps it from doing so.
  const script = [
    'set -e',
    'export DEBIAN_FRONTEND=noninteractive',
    'made=; if [ ! -e /usr/sbin/policy-rc.d ]; then made=1; printf "#!/bin/sh\\nexit 101\\n" > /usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d; fi',
    'trap \'if [ -n "$made" ]; then rm -f /usr/sbin/policy-rc.d; fi\' EXIT',
    'install="apt-get install -y -qq --no-install-recommends redis-server"',
    '$install || { apt-get update -qq && $install; }',
  ].join('\n');
  const result = spawnSync('/bin/sh', ['-c', script], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (result.status !== 0) say(`apt-get could not install redis-server: ${result.stderr.trim().slice(-300)}`);
  return onPath(path);
}

async function downloaded(say: (message: string) => void): Promise<string> {
  say('No Redis server found: downloading and building one, which takes a few minutes the first time.');
  try {
    // Loaded only now: hardly anybody gets here, and it reads its configuration while loading.
    const { RedisBinary } = await import('redis-memory-server');
    return await RedisBinary.getPath();
  } catch (error) {
    throw new Error(REDIS_REMEDIES, { cause: error });
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
