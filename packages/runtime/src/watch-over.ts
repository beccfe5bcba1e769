import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Ends process `pid` with SIGTERM when this process dies, however it dies: a tiny shell waits for the end of a pipe
 * that only this process holds open. For programs that cannot watch their parent themselves. `lingerSeconds` gives
 * others who need it time to finish with it first.
 */
export function watchOver(pid: number, lingerSeconds = 0): { close(): Promise<void> } {
  const script = 'while read -r _; do :; done; sleep "$1"; kill -TERM "$0" 2>/dev/null';
  const watcher = spawn('/bin/sh', ['-c', script, String(pid), String(lingerSeconds)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.stdin.on('error', () => {});
  return {
    async close() {
      if (watcher.exitCode !== null || watcher.signalCode !== null) return;
      const exited = once(watcher, 'exit');
      // SIGKILL first: the end of its pipe must not make it signal a pid that may be somebody else's by now.
      watcher.kill('SIGKILL');
      await exited;
      watcher.stdin.destroy();
    },
  };
}
