import { readFileSync } from 'node:fs';

/**
 * The health check of a container: 0 while the process in it can work, by its own `/readyz`. The image has no curl. Which of
 * the two processes it is, the first one of the container tells.
 */
const isWorker = readFileSync('/proc/1/cmdline', 'utf8').includes('apps/worker');
const port = isWorker ? process.env.OPS_PORT || 9464 : process.env.PORT || 3000;
try {
  const { ok } = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(4000) });
  process.exitCode = ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
