import type { CallFailure } from '@image-studio/contract';
import type { CallJob, CallOutcome, CallSchedule } from '@image-studio/queue';
import { describe, expect, test } from '@jest/globals';
import { type ImageModel, ModelError, type ModelErrorKind } from '../models/image-model.ts';
import { judgeModelError } from './judge-model-error.ts';

interface Situation {
  attempt?: number;
  retryAfterMs?: number;
  /** Per-minute 429s that came within the window before this one. */
  throttledBefore?: number;
  breakerOpen?: boolean;
  model?: string;
  /** What earlier starts of the job met. */
  met?: Record<string, number>;
  mayBeBought?: boolean;
  /** Answers in a row that could not be read. */
  unreadable?: number;
}

const model = { defaultModel: 'the-configured-one' } as ImageModel;

/** Judges one error and reports what it did to the job and to the fleet. */
async function judge(kind: ModelErrorKind, situation: Situation = {}) {
  const { attempt = 1, retryAfterMs, throttledBefore = 0, breakerOpen = false } = situation;
  const fleet: string[] = [];
  let throttled = throttledBefore;
  const schedule: CallSchedule = {
    reserve: async () => null,
    pause: async (ms) => void fleet.push(`pause ${ms}`),
    noteThrottled: async () => {
      throttled += 1;
      return throttled;
    },
  };
  const studio = {
    schedule,
    stopCalls: async (code: string, message: string) => void fleet.push(`${code}: ${message}`),
    warnOperator: async (code: string, message: string) => void fleet.push(`warn ${code}: ${message}`),
  };
  const met = { ...situation.met };
  const job = {
    attempt,
    data: { model: situation.model ?? model.defaultModel },
    async meet(fault: string) {
      met[fault] = (met[fault] ?? 0) + 1;
      return met[fault];
    },
  } as CallJob;
  const error = new ModelError(kind, 'it said no', {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    mayBeBought: situation.mayBeBought ?? false,
  });
  const { unreadable = 0 } = situation;
  const outcome = await judgeModelError(error, job, { model, studio, breakerOpen, unreadable });
  return { outcome, fleet };
}

const failure = (code: string, retryable: boolean, movesOn?: string) => ({
  code,
  message: 'it said no',
  stage: 'generate',
  retryable,
  ...(movesOn && { movesOn }),
});
const UNREADABLE = 'warn MODEL_ANSWER_UNREADABLE: it said no';
const CENTURIES_MS = 99_999_999_999_000;
const STOPPED = ['MODEL_MISCONFIGURED: it said no'];

describe('judgeModelError', () => {
  test.each<[ModelErrorKind, Situation, CallOutcome | object, string[]]>([
    // Waiting for quota spends no attempt. One per-minute 429 concerns its call, the third the fleet.
    ['rateLimitMinute', { retryAfterMs: 17_000 }, { next: 'requeue', ms: 17_000 }, []],
    ['rateLimitMinute', {}, { next: 'requeue', ms: 5000 }, []],
    ['rateLimitMinute', { throttledBefore: 1 }, { next: 'requeue', ms: 10_000 }, []],
    ['rateLimitMinute', { throttledBefore: 2, retryAfterMs: 3000 }, { next: 'requeue' }, ['pause 3000']],
    ['rateLimitMinute', { throttledBefore: 2 }, { next: 'requeue' }, ['pause 20000']],
    ['rateLimitMinute', { throttledBefore: 50 }, { next: 'requeue' }, ['pause 60000']],
    ['rateLimitMinute', { attempt: 8 }, { next: 'requeue', ms: 5000 }, []],
    ['spendLimit', {}, { next: 'requeue' }, ['pause 10000']],
    ['spendLimit', { throttledBefore: 9 }, { next: 'requeue' }, ['pause 60000']],
    ['spendLimit', { retryAfterMs: 90_000 }, { next: 'requeue' }, ['pause 90000']],
    ['rateLimitDay', { retryAfterMs: 72_193_000 }, { next: 'requeue' }, ['pause 72193000']],
    ['rateLimitDay', {}, { next: 'requeue' }, ['pause 900000']],
    // Nobody waits three thousand years because a gateway says so.
    ['rateLimitMinute', { retryAfterMs: CENTURIES_MS }, { next: 'requeue', ms: 120_000 }, []],
    [
      'rateLimitMinute',
      { throttledBefore: 2, retryAfterMs: CENTURIES_MS },
      { next: 'requeue' },
      ['pause 120000'],
    ],
    ['spendLimit', { retryAfterMs: CENTURIES_MS }, { next: 'requeue' }, ['pause 600000']],
    ['rateLimitDay', { retryAfterMs: CENTURIES_MS }, { next: 'requeue' }, ['pause 86400000']],
    ['rateLimitDay', { retryAfterMs: Number.POSITIVE_INFINITY }, { next: 'requeue' }, ['pause 86400000']],
    // An operator has to act: nobody's attempts are burnt meanwhile.
    ['auth', { attempt: 8 }, { next: 'requeue' }, STOPPED],
    ['quotaZero', { attempt: 8 }, { next: 'requeue' }, STOPPED],
    ['modelGone', {}, { next: 'requeue' }, STOPPED],
    [
      'modelGone',
      { model: 'typo' },
      { next: 'fail', failure: failure('MODEL_MISCONFIGURED', false, 'modelGone') },
      [],
    ],
    // This request will never do.
    ['badRequest', {}, { next: 'fail', failure: failure('MODEL_MISCONFIGURED', false) }, []],
    // What the provider refuses is tried once more, and so is a photo that it could not process.
    ...(['blockedPrompt', 'blockedOutput', 'badPhoto'] as const).flatMap(
      (kind): [ModelErrorKind, Situation, CallOutcome | object, string[]][] => {
        const code = kind === 'badPhoto' ? 'SOURCE_REJECTED' : 'MODEL_REFUSED';
        const movesOn = kind === 'badPhoto' ? undefined : 'refused';
        return [
          [kind, {}, { next: 'retry', failure: failure(code, true) }, []],
          [kind, { met: { [kind]: 1 } }, { next: 'fail', failure: failure(code, false, movesOn) }, []],
        ];
      },
    ),
    // The faults of a moment.
    ['overloaded', {}, { next: 'retry', failure: failure('MODEL_UNAVAILABLE', true, 'unavailable') }, []],
    ['server', {}, { next: 'retry', failure: failure('MODEL_UNAVAILABLE', true, 'unavailable') }, []],
    ['network', {}, { next: 'retry', failure: failure('MODEL_UNAVAILABLE', true, 'unavailable') }, []],
    [
      'timeout',
      { attempt: 7 },
      { next: 'retry', failure: failure('MODEL_UNAVAILABLE', true, 'unavailable') },
      [],
    ],
    ['overloaded', { breakerOpen: true }, { next: 'requeue', ms: 5000 }, []],
    ['server', { breakerOpen: true }, { next: 'requeue', ms: 5000 }, []],
    ['network', { breakerOpen: true }, { next: 'requeue', ms: 5000 }, []],
    ['timeout', { breakerOpen: true }, { next: 'requeue', ms: 5000 }, []],
    // Answered without a usable picture.
    ['noImage', {}, { next: 'retry', failure: failure('MODEL_NO_IMAGE', true) }, []],
    ['badImage', {}, { next: 'retry', failure: failure('MODEL_NO_IMAGE', true) }, []],
    ['malformed', {}, { next: 'retry', failure: failure('MODEL_NO_IMAGE', true) }, []],
    ['cancelled', {}, { next: 'drop' }, []],
    // In a shape that nobody reads: paid for once, and never again.
    ['unreadable', {}, { next: 'fail', failure: failure('MODEL_NO_IMAGE', false) }, [UNREADABLE]],
  ])('%s in %j means %j for its job, and %j for the fleet', async (kind, situation, outcome, fleet) => {
    expect(await judge(kind, situation)).toEqual({ outcome, fleet });
  });

  test('a call that met transient faults before may still come back without a picture a few times', async () => {
    // At a fault rate of 25 %, three faults in front are the lot of one call in 64.
    for (const kind of ['noImage', 'badImage', 'malformed'] as const) {
      expect((await judge(kind, { attempt: 4 })).outcome.next).toBe('retry');
      expect((await judge(kind, { attempt: 5 })).outcome.next).toBe('retry');
    }
  });

  test('a model that may have taken two pictures without handing one over leaves the third to the next one, where the batch names it', async () => {
    const movesOn = async (kind: ModelErrorKind) => {
      const { outcome } = await judge(kind, { mayBeBought: true, met: { bought: 1 } });
      return 'failure' in outcome ? (outcome.failure as CallFailure).movesOn : null;
    };
    for (const kind of ['network', 'timeout', 'server'] as const)
      expect(await movesOn(kind)).toBe('unavailable');
    // It answers: what it answers is not the next one's to mend.
    for (const kind of ['badImage', 'noImage', 'malformed'] as const)
      expect(await movesOn(kind)).toBeUndefined();
  });

  test.each<[ModelErrorKind, string, string[]]>([
    ['network', 'MODEL_UNAVAILABLE', []],
    ['timeout', 'MODEL_UNAVAILABLE', []],
    ['server', 'MODEL_UNAVAILABLE', []],
    ['badImage', 'MODEL_NO_IMAGE', []],
    ['noImage', 'MODEL_NO_IMAGE', []],
    ['malformed', 'MODEL_NO_IMAGE', [UNREADABLE]],
  ])(
    '%s that may have bought a picture is risked twice, also while the breaker is open',
    async (kind, code, fleet) => {
      const first = await judge(kind, { mayBeBought: true });
      expect(first).toMatchObject({ outcome: { next: 'retry' }, fleet: [] });
      for (const breakerOpen of [false, true]) {
        const second = await judge(kind, { mayBeBought: true, met: { bought: 1 }, breakerOpen });
        expect(second.fleet).toEqual(fleet);
        expect(second.outcome).toMatchObject({
          next: 'fail',
          failure: { code, retryable: true, message: expect.stringContaining('asked 2 times') },
        });
      }
    },
  );

  test('answers that cannot be read, twenty in a row, stop the calls', async () => {
    for (const kind of ['malformed', 'unreadable'] as const) {
      const { fleet } = await judge(kind, { unreadable: 20, mayBeBought: true });
      expect(fleet[0]).toMatch(
        /^MODEL_UNUSABLE: The last 20 answers .* restart the workers\. The last: it said no$/,
      );
      expect((await judge(kind, { unreadable: 19 })).fleet.join()).not.toContain('MODEL_UNUSABLE');
    }
  });

  test('a model that never makes the picture is not asked for ever', async () => {
    expect((await judge('noImage', { attempt: 6 })).outcome).toEqual({
      next: 'fail',
      failure: failure('MODEL_NO_IMAGE', true),
    });
  });
});
