import type { Failure, FailureCode } from '@image-studio/contract';
import { type CallJob, type CallOutcome, type StudioWorker, THROTTLED_LIMIT } from '@image-studio/queue';
import type { ImageModel, ModelError, ModelErrorKind } from '../model/image-model.ts';

export const MISCONFIGURED = 'MODEL_MISCONFIGURED';

/**
 * A call that was answered without a picture ends at this attempt; the other faults have the queue's own limit of 8.
 * Attempts that met other faults count, too: with a quarter of all calls failing, 4 would lose one SKU in 600, 6 one
 * in 10,000. An empty answer costs about a twentieth of a picture.
 */
const LAST_EMPTY_ANSWER = 6;
/** A 429 that names no time: wait this long, doubled with each one that follows closely. */
const UNNAMED_WAIT_MS = 5000;
const MAX_UNNAMED_WAIT_MS = 60_000;
/** A call that found the model down looks again after this; the breaker decides whether it may be sent. */
const PROBED_WAIT_MS = 5000;
/** A daily quota that names no time is looked at again after this. */
const DAY_WAIT_MS = 15 * 60_000;

interface JudgeDeps {
  model: ImageModel;
  studio: Pick<StudioWorker, 'schedule' | 'pauseCalls'>;
  /** The model is down for everybody: no call's own fault. */
  breakerOpen: boolean;
}

/** What a call without a picture means for its job and for the fleet. Waiting for quota never spends an attempt. */
export async function judgeModelError(
  error: ModelError,
  job: CallJob,
  deps: JudgeDeps,
): Promise<CallOutcome> {
  const { schedule } = deps.studio;
  switch (error.kind) {
    case 'cancelled':
      return { next: 'drop' };
    case 'rateLimitMinute': {
      const recent = await schedule.noteThrottled();
      const ms = error.retryAfterMs ?? unnamedWait(recent);
      // One is bad luck and concerns this call; several mean that the fleet is too fast.
      if (recent < THROTTLED_LIMIT) return { next: 'requeue', ms };
      await schedule.pause(ms);
      return { next: 'requeue' };
    }
    case 'spendLimit':
      await schedule.pause(error.retryAfterMs ?? unnamedWait((await schedule.noteThrottled()) + 1));
      return { next: 'requeue' };
    case 'rateLimitDay':
      await schedule.pause(error.retryAfterMs ?? DAY_WAIT_MS);
      return { next: 'requeue' };
    case 'auth':
    case 'quotaZero':
      await deps.studio.pauseCalls(MISCONFIGURED, error.message);
      return { next: 'requeue' };
    case 'modelGone':
      // A model that one batch asked for by name is that batch's mistake; the configured one is everybody's.
      if (job.data.model !== deps.model.defaultModel)
        return { next: 'fail', failure: failureOf(error, false) };
      await deps.studio.pauseCalls(MISCONFIGURED, error.message);
      return { next: 'requeue' };
    case 'badRequest':
    case 'blockedPrompt':
    case 'blockedOutput':
      return { next: 'fail', failure: failureOf(error, false) };
    case 'noImage':
    case 'badImage':
    case 'malformed':
      if (job.attempt >= LAST_EMPTY_ANSWER) return { next: 'fail', failure: failureOf(error, true) };
      return { next: 'retry', failure: failureOf(error, true) };
    case 'overloaded':
    case 'server':
    case 'network':
    case 'timeout':
      // While the breaker is open calls are probes; a long outage must not use up the attempts of whoever probes.
      if (deps.breakerOpen) return { next: 'requeue', ms: PROBED_WAIT_MS };
      return { next: 'retry', failure: failureOf(error, true) };
  }
}

function unnamedWait(recent: number): number {
  return Math.min(MAX_UNNAMED_WAIT_MS, UNNAMED_WAIT_MS * 2 ** (recent - 1));
}

function failureOf(error: ModelError, retryable: boolean): Failure {
  return {
    code: CODES[error.kind] ?? 'MODEL_UNAVAILABLE',
    message: error.message,
    stage: 'generate',
    retryable,
  };
}

const CODES: Partial<Record<ModelErrorKind, FailureCode>> = {
  modelGone: 'MODEL_MISCONFIGURED',
  badRequest: 'MODEL_MISCONFIGURED',
  blockedPrompt: 'MODEL_REFUSED',
  blockedOutput: 'MODEL_REFUSED',
  noImage: 'MODEL_NO_IMAGE',
  badImage: 'MODEL_NO_IMAGE',
  malformed: 'MODEL_NO_IMAGE',
};
