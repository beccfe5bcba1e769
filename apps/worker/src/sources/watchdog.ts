/** What we wait for from a supplier's server, in the words of the error. */
export type Phase = 'accept a connection' | 'answer' | 'send more data';

export interface Watchdog {
  /** Starts waiting for `phase`, ending the wait before it. */
  expect(phase: Phase, withinMs: number): void;
  /** Waits for nothing until the next `expect`. */
  rest(): void;
  /** Ends it for good: a socket that connects late must not start a timer that nobody stops. */
  dispose(): void;
}

/** A timer for the phase that a request is in. */
export function createWatchdog(onSilence: (phase: Phase, withinMs: number) => void): Watchdog {
  let timer: NodeJS.Timeout | undefined;
  let disposed = false;
  return {
    expect(phase, withinMs) {
      clearTimeout(timer);
      if (!disposed) timer = setTimeout(onSilence, withinMs, phase, withinMs);
    },
    rest() {
      clearTimeout(timer);
    },
    dispose() {
      disposed = true;
      clearTimeout(timer);
    },
  };
}
