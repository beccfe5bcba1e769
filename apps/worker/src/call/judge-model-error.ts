import { type Failure, type FailureCode, saidBy, say } from '@image-studio/contract';
import {
  type CallJob,
  type CallOutcome,
  MISCONFIGURED_MESSAGE,
  type StudioWorker,
  THROTTLED_LIMIT,
  UNREADABLE_MESSAGE,
  UNUSABLE_MESSAGE,
} from '@image-studio/queue';
import type { ImageModel, ModelError, ModelErrorKind } from '../models/image-model.ts';

/**
 * Requests that may each have bought a picture which never came. A connection that breaks off in the middle of an answer, an
 * answer too late, a picture cut short: once is bad luck, and more would buy one picture again and again.
 */
const MOST_BOUGHT = 2;
/**
 * A refused call, and one whose photo the provider cannot process, is sent once more: the provider's filters judge the picture
 * that the model drew, which is another one each time, and second tries are known to succeed.
 */
const MOST_REFUSALS = 2;
/**
 * After so many answers in a row that nobody here can read, the server answers in that shape always. Each of them may have been
 * charged as a picture.
 */
const MOST_UNREADABLE = 20;
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
/**
 * Longest waits that a provider, or a gateway before it, is granted: a quota of a minute and a spend limit of ten minutes have
 * room again by then, a daily one on the next day. A call that comes too early is told so again.
 */
export const MOST_WAIT_MS = {
  rateLimitMinute: 2 * 60_000,
  spendLimit: 10 * 60_000,
  rateLimitDay: 24 * 3_600_000,
};
/** A daily quota that names no time is looked at again after this. */
const DAY_WAIT_MS = 15 * 60_000;

/** The model did not answer, as far as one can tell from here. */
const IS_DOWN: ReadonlySet<ModelErrorKind> = new Set(['server', 'network', 'timeout']);

/** Faults whose answers have a shape that no model is known to give. */
export const ODD_ANSWERS: ReadonlySet<ModelErrorKind> = new Set(['malformed', 'unreadable']);

interface JudgeDeps {
  model: ImageModel;
  studio: Pick<StudioWorker, 'schedule' | 'stopCalls' | 'warnOperator'>;
  /** Answers of this process that could not be read since the last one that could, this one included. */
  unreadable: number;
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
  const isOddAnswer = ODD_ANSWERS.has(error.kind);
  if (isOddAnswer && deps.unreadable >= MOST_UNREADABLE) {
    const count = `The last ${deps.unreadable} answers of the model could not be read, so no more are paid for`;
    const remedy = 'Correct the address of the model API or the relay behind it, then restart the workers';
    await deps.studio.stopCalls(UNUSABLE_MESSAGE, `${count}. ${remedy}. The last: ${error.message}`);
  }
  if (error.kind === 'unreadable') {
    await deps.studio.warnOperator(UNREADABLE_MESSAGE, error.message);
    return { next: 'fail', failure: failureOf(error, false) };
  }
  if (error.mayBeBought && (await job.meet('bought')) >= MOST_BOUGHT) {
    if (isOddAnswer) await deps.studio.warnOperator(UNREADABLE_MESSAGE, error.message);
    const said = saidBy(error);
    const message = say`${said} (asked ${MOST_BOUGHT} times, each of which may have been charged)`;
    const failure = failureOf(error, true, message);
    // Where the batch names another model, that one may still make the picture, and is asked as often as this one at most.
    return {
      next: 'fail',
      failure: IS_DOWN.has(error.kind) ? { ...failure, movesOn: 'unavailable' } : failure,
    };
  }
  switch (error.kind) {
    case 'cancelled':
      return { next: 'drop' };
    case 'rateLimitMinute': {
      const recent = await schedule.noteThrottled();
      const ms = namedWait(error, error.kind) ?? unnamedWait(recent);
      // One is bad luck and concerns this call; several mean that the fleet is too fast.
      if (recent < THROTTLED_LIMIT) return { next: 'requeue', ms };
      await schedule.pause(ms);
      return { next: 'requeue' };
    }
    case 'spendLimit':
      await schedule.pause(
        namedWait(error, error.kind) ?? unnamedWait((await schedule.noteThrottled()) + 1),
        'spendLimit',
      );
      return { next: 'requeue' };
    case 'rateLimitDay':
      await schedule.pause(namedWait(error, error.kind) ?? DAY_WAIT_MS, 'dayLimit');
      return { next: 'requeue' };
    case 'auth':
    case 'quotaZero':
      await deps.studio.stopCalls(MISCONFIGURED_MESSAGE, error.message);
      return { next: 'requeue' };
    case 'modelGone':
      // A model that one batch asked for by name is that batch's mistake; the configured one is everybody's.
      if (job.data.model !== deps.model.defaultModel)
        return { next: 'fail', failure: { ...failureOf(error, false), movesOn: 'modelGone' } };
      await deps.studio.stopCalls(MISCONFIGURED_MESSAGE, error.message);
      return { next: 'requeue' };
    case 'badRequest':
      return { next: 'fail', failure: failureOf(error, false) };
    case 'badPhoto':
    case 'blockedPrompt':
    case 'blockedOutput': {
      const isFinal = (await job.meet(error.kind)) >= MOST_REFUSALS;
      const failure = failureOf(error, !isFinal);
      if (!isFinal) return { next: 'retry', failure };
      // A photo that one provider cannot read is no better for the next one.
      return {
        next: 'fail',
        failure: error.kind === 'badPhoto' ? failure : { ...failure, movesOn: 'refused' },
      };
    }
    case 'noImage':
    case 'badImage':
    case 'malformed':
      if (job.attempt >= LAST_EMPTY_ANSWER) return { next: 'fail', failure: failureOf(error, true) };
      return { next: 'retry', failure: failureOf(error, true) };
    case 'overloaded':
    case 'server':
    case 'network':
    case 'timeout':
      // While the breaker is open calls are probes; a long outage must not use up the attempts of the job that probes.
      if (deps.breakerOpen) return { next: 'requeue', ms: PROBED_WAIT_MS };
      return { next: 'retry', failure: { ...failureOf(error, true), movesOn: 'unavailable' } };
  }
}

function namedWait({ retryAfterMs }: ModelError, kind: keyof typeof MOST_WAIT_MS): number | undefined {
  return retryAfterMs === undefined ? undefined : Math.min(retryAfterMs, MOST_WAIT_MS[kind]);
}

function unnamedWait(recent: number): number {
  return Math.min(MAX_UNNAMED_WAIT_MS, UNNAMED_WAIT_MS * 2 ** (recent - 1));
}

function failureOf(error: ModelError, retryable: boolean, said = saidBy(error)): Failure {
  return {
    code: CODES[error.kind] ?? 'MODEL_UNAVAILABLE',
    ...(typeof said === 'string' ? { message: said } : said),
    stage: 'generate',
    retryable,
  };
}

const CODES: Partial<Record<ModelErrorKind, FailureCode>> = {
  modelGone: 'MODEL_MISCONFIGURED',
  badRequest: 'MODEL_MISCONFIGURED',
  badPhoto: 'SOURCE_REJECTED',
  blockedPrompt: 'MODEL_REFUSED',
  blockedOutput: 'MODEL_REFUSED',
  noImage: 'MODEL_NO_IMAGE',
  badImage: 'MODEL_NO_IMAGE',
  malformed: 'MODEL_NO_IMAGE',
  unreadable: 'MODEL_NO_IMAGE',
};
