import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Ends process `pid` with SIGTERM when this process dies, however it dies: a tiny shell waits for the end of a pipe
 * that only this process holds open. For programs that cannot watch their parent themselves.
 */
export function watchOver(pid: number): { close(): Promise<void> } {
  const watcher = spawn(
    '/bin/sh',
    ['-c', 'while read -r _; do :; done; kill -TERM "$0" 2>/dev/null', String(pid)],
    {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
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
