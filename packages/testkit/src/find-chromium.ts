import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/**
 * The browser for the tests: `CHROMIUM`, or one on the path, or Debian's, installed if that is possible. Without any it
 * is an error that says what to do; with `E2E_WITHOUT_BROWSER=1` it is `null`, and said.
 */
export function findChromium(): string | null {
  const found = process.env.CHROMIUM ?? onPath() ?? installed();
  if (found) return found;
  const reason = `No Chromium was found. Install one (apt-get install chromium), name it in CHROMIUM, or set E2E_WITHOUT_BROWSER=1 to go without the tests of the dashboard.`;
  if (process.env.E2E_WITHOUT_BROWSER !== '1') throw new Error(reason);
  process.stderr.write(`The dashboard is not tested. ${reason}\n`);
  return null;
}

function onPath(): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of NAMES) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // Not here.
      }
    }
  }
  return null;
}

/** As root on a Debian-like system, like the launcher does with Redis; STUDIO_AUTO_INSTALL=0 forbids it. */
function installed(): string | null {
  if (process.getuid?.() !== 0 || process.env.STUDIO_AUTO_INSTALL === '0') return null;
  process.stderr.write('Installing chromium with apt-get …\n');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 2, 2] });
    execFileSync(
      'apt-get',
      ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-noto-cjk'],
      {
        env,
        stdio: ['ignore', 2, 2],
      },
    );
  } catch {
    return null;
  }
  return onPath();
}
