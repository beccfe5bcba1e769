import type { Logger } from './logger.ts';

/**
 * What a process may still do after its parent died: nobody would miss a result, and Redis is about to go, too. What it
 * cannot hand back by then, the next start finds as stalled.
 */
const ORPHAN_TIMEOUT_MS = 5_000;

export interface LifecycleOptions {
  /** Longest time from the signal to the exit. */
  timeoutMs: number;
  log: Logger;
}

/** Birth and death of a process. Who opens something registers its close here, right after opening it. */
export interface Lifecycle {
  /** Aborts as soon as the process is told to stop: take no more work. */
  readonly signal: AbortSignal;
  /**
   * Registers `close`; on shutdown what was opened last is closed first, one after the other. Each is told how many
   * milliseconds are left for itself and all that come behind it.
   */
  own(name: string, close: (leftMs: number) => unknown): void;
  /** Closes everything and exits: 0, or `exitCode`. Later calls join the first. */
  shutdown(reason: string, exitCode?: number): Promise<never>;
}

/**
 * Takes over the end of this process. SIGTERM and SIGINT close what is owned in reverse order and exit 0 (1 when a
 * close failed or `timeoutMs` ran out); a second signal exits at once. A fault that nobody caught is logged and exits
 * 1: its process is in an unknown state, and another one takes over its jobs. A process that was started with an IPC
 * channel also stops when its parent dies, however it died, so no launcher leaves orphans behind; and so does one
 * whose output nobody reads any more (`npm start | head`).
 */
export function createLifecycle({ timeoutMs, log }: LifecycleOptions): Lifecycle {
  const controller = new AbortController();
  const owned: { name: string; close: (leftMs: number) => unknown }[] = [];
  let stopping: Promise<never> | undefined;

  const shutdown = (reason: string, exitCode = 0, limitMs = timeoutMs): Promise<never> => {
    stopping ??= stop(reason, exitCode, limitMs);
    return stopping;
  };

  const stop = async (reason: string, exitCode: number, limitMs: number): Promise<never> => {
    const endsAt = performance.now() + limitMs;
    log.info({ reason, timeoutMs: limitMs }, 'shutting down');
    // Referenced on purpose: it also keeps a process alive whose last handle is being closed.
    const deadline = setTimeout(() => {
      log.error({ stillOpen: owned.map(({ name }) => name) }, 'shutdown took too long');
      process.exit(1);
    }, limitMs);
    controller.abort(new Error(`shutting down: ${reason}`));
    let code = exitCode;
    for (let last = owned.at(-1); last !== undefined; last = owned.at(-1)) {
      try {
        await last.close(Math.max(0, endsAt - performance.now()));
      } catch (error) {
        log.error({ err: error, resource: last.name }, 'close failed');
        code = 1;
      }
      owned.splice(owned.indexOf(last), 1);
    }
    clearTimeout(deadline);
    log.info({ exitCode: code }, 'stopped');
    process.exit(code);
  };

  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping !== undefined) {
      log.warn({ signal }, 'second signal: exiting at once');
      process.exit(1);
    }
    void shutdown(signal);
  };
  const onFault = (error: unknown) => {
    log.fatal({ err: error }, 'uncaught fault');
    process.exit(1);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => void shutdown('nobody reads the output any more'));
  }
  if (process.channel) {
    const limitMs = Math.min(timeoutMs, ORPHAN_TIMEOUT_MS);
    process.once('disconnect', () => void shutdown('parent process died', 0, limitMs));
    // Listening must not keep a process alive that has nothing else to do.
    process.channel.unref();
  }

  return { signal: controller.signal, own: (name, close) => void owned.push({ name, close }), shutdown };
}
