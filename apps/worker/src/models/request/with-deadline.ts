/** How a call ended that did not end by itself. */
export type Interruption = 'cancelled' | 'timeout';

/**
 * Runs `task` with a signal of its own that fires when `signal` does or after `timeoutMs`. Afterwards no listener is
 * left on `signal` and no timer runs. `interruption()` tells which of the two fired first, which the task's own error
 * seldom does.
 */
export async function withDeadline<T>(
  signal: AbortSignal,
  timeoutMs: number,
  task: (own: AbortSignal, interruption: () => Interruption | undefined) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let interruption: Interruption | undefined;
  const interrupt = (how: Interruption): void => {
    interruption ??= how;
    controller.abort();
  };
  const onAbort = (): void => interrupt('cancelled');
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => interrupt('timeout'), timeoutMs);
  try {
    return await task(controller.signal, () => interruption);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
