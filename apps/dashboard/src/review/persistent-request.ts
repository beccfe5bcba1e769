import { isPassing } from '../api/is-passing.ts';
import { ProblemError } from '../api/problem-error.ts';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;

/** A request that is sent until the server has said yes or no. */
export interface PersistentRequest {
  /** Its answer; rejects with what the server refused, and with the latest problem once it was stopped. */
  answer: Promise<unknown>;
  /** Sends it no more. One that is on its way may still arrive. */
  stop(): void;
}

/**
 * Sends `request`, and again while the server is away, busy, or wants another key: it must be one that may be told twice.
 * `onHeld` hears each time why it has to wait.
 */
export function persistentRequest(
  request: () => Promise<unknown>,
  onHeld: (problem: ProblemError) => void,
): PersistentRequest {
  let isStopped = false;
  let wake = (): void => {};
  const send = async (pauseMs: number): Promise<unknown> => {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof ProblemError) || !canPass(error) || isStopped) throw error;
      onHeld(error);
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, pauseMs);
      });
      if (isStopped) throw error;
      return send(Math.min(LONGEST_PAUSE_MS, pauseMs * 2));
    }
  };
  return {
    answer: send(FIRST_PAUSE_MS),
    stop: () => {
      isStopped = true;
      wake();
    },
  };
}

/** Somebody who signs in again has not changed their mind. */
function canPass(error: ProblemError): boolean {
  return isPassing(error) || error.problem.status === 401;
}
