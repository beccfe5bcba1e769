import { join } from 'node:path';
import { createLifecycle, createLogger, exitOnBadConfig } from '@image-studio/runtime';
import { demo } from './demo.ts';
import { readSettings } from './read-settings.ts';
import { start } from './start.ts';

const [command, ...flags] = process.argv.slice(2);
const isDemo = command === 'demo';
const unknown = flags.filter((flag) => !(isDemo && flag === '--json'));
if ((command !== 'start' && !isDemo) || unknown.length > 0) {
  process.stderr.write('Usage: npm start | npm run demo [-- --json]\n');
  process.exit(2);
}

const settings = exitOnBadConfig(() => readSettings(isDemo ? demoEnvironment() : process.env));
const log = createLogger({ level: 'warn', name: 'studio', stream: process.stderr });
/** The processes may take their SHUTDOWN_TIMEOUT_MS each, workers together and then the API. */
const timeoutMs = settings.api.shutdownTimeoutMs + settings.worker.shutdownTimeoutMs + 15_000;
const lifecycle = createLifecycle({ timeoutMs, log });

try {
  if (isDemo) {
    const exitCode = await demo(settings, lifecycle, { json: flags.includes('--json') });
    await lifecycle.shutdown('demo ended', exitCode);
  } else {
    await start(settings, lifecycle);
  }
} catch (error) {
  // A start that was interrupted is no failure; the shutdown that interrupted it is under way.
  if (!lifecycle.signal.aborted) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    await lifecycle.shutdown('failed', 1);
  }
}

/** A demo has a folder and a port of its own: it runs beside `npm start` and leaves its batches alone. */
function demoEnvironment(): NodeJS.ProcessEnv {
  const { env } = process;
  return {
    ...env,
    STUDIO_DATA_DIR: join(env.STUDIO_DATA_DIR || '.data', 'demo'),
    PORT: '0',
    LOG_LEVEL: env.LOG_LEVEL || 'warn',
    ...(env.REDIS_URL && { QUEUE_PREFIX: `${env.QUEUE_PREFIX || 'studio'}-demo-${process.pid}` }),
  };
}
