import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * The command line of process `pid`, empty when it is gone (or gone but not yet reaped). A pid that was noted
 * yesterday proves nothing: it may be somebody else's by now.
 */
export async function commandLine(pid: number): Promise<string> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
  } catch {
    // No /proc on macOS; no ps in slim containers.
    const ps = promisify(execFile)('ps', ['-p', String(pid), '-o', 'args=']);
    return ps.then(
      ({ stdout }) => stdout,
      () => '',
    );
  }
}
