import { type ImageRecord, type SkuRecord, StageError } from '@image-studio/contract';
import { type SkuJob, SkuTaken } from '@image-studio/queue';
import { describe, expect, test } from '@jest/globals';
import { openSkuDiary, type StageObserver } from './sku-diary.ts';

type Seen = Parameters<StageObserver['stageDone']>[0];

/** A diary whose notes and observations are kept; `job` changes what the job says of itself. */
function open(known: SkuRecord | null = null, job: Partial<SkuJob> = {}) {
  const notes: SkuRecord[] = [];
  const seen: Seen[] = [];
  const double = {
    batchId: 'b1',
    attempt: 2,
    signal: new AbortController().signal,
    note: async (record: SkuRecord) => void notes.push(structuredClone(record)),
    ...job,
  } as SkuJob;
  const diary = openSkuDiary(double, 'S1', known, { stageDone: (fields) => void seen.push(fields) });
  return { diary, notes, seen };
}

const image = (key: string, callKey = 'c'): ImageRecord => ({
  role: 'main',
  kind: 'main',
  sourceUrl: 'http://supplier.test/1.jpg',
  key,
  callKey,
  width: 1,
  height: 1,
  bytes: 1,
  format: 'webp',
  checks: [],
  reused: false,
  costUsd: 0,
  model: 'm',
  prompt: 'p',
});

describe('a stage', () => {
  test('is announced before it runs, and timed and remembered after', async () => {
    const { diary, notes, seen } = open();
    const result = await diary.stage(
      'download',
      'main',
      async () => {
        expect(notes.at(-1)).toMatchObject({ stage: 'download', attempts: 2, timeline: [] });
        return 'photo';
      },
      (photo) => photo.length,
    );
    expect(result).toBe('photo');
    const line = diary.record.timeline[0];
    expect(line).toMatchObject({ stage: 'download', kind: 'main', bytes: 5, attempt: 2 });
    expect(Date.parse(line?.at ?? '')).not.toBeNaN();
    expect(seen).toEqual([
      { batchId: 'b1', sku: 'S1', stage: 'download', kind: 'main', ms: expect.any(Number) },
    ]);
  });

  test('that fails leaves its reason in the timeline and hands its error on as it is', async () => {
    const { diary, seen } = open();
    const error = new StageError('SOURCE_NOT_FOUND', 'the photo is gone (404)', { verdict: 'fail' });
    const failed = diary.stage('download', 'detail', () => Promise.reject(error));
    await expect(failed).rejects.toBe(error);
    expect(diary.record.timeline[0]?.error).toBe('SOURCE_NOT_FOUND: the photo is gone (404)');
    expect(seen[0]).toMatchObject({ stage: 'download', kind: 'detail', error: 'SOURCE_NOT_FOUND' });
    expect(diary.record.stage).toBe('download');
  });

  test('that fails in a way nobody foresaw may be tried again', async () => {
    const { diary } = open();
    const cause = new TypeError('undefined is not a function');
    const failed = diary.stage('finish', 'main', () => Promise.reject(cause));
    await expect(failed).rejects.toMatchObject({ code: 'INTERNAL', verdict: 'retry', cause });
  });

  test('does not start when the job was aborted, and tells nobody', async () => {
    const { diary, notes, seen } = open(null, { signal: AbortSignal.abort(new Error('cancelled')) });
    let ran = false;
    const stage = diary.stage('download', 'main', async () => {
      ran = true;
    });
    await expect(stage).rejects.toThrow('cancelled');
    expect({ ran, notes, seen }).toEqual({ ran: false, notes: [], seen: [] });
  });

  test('does not start when the SKU belongs to another run by now', async () => {
    const { diary } = open(null, { note: () => Promise.reject(new SkuTaken()) });
    let ran = false;
    const stage = diary.stage('download', 'main', async () => {
      ran = true;
    });
    await expect(stage).rejects.toBeInstanceOf(SkuTaken);
    expect(ran).toBe(false);
  });
});

describe('the record', () => {
  test('goes on where an earlier start stopped, without its failure', () => {
    const failure = { code: 'INTERNAL', message: 'x', stage: 'finish', retryable: true } as const;
    const known: SkuRecord = {
      stage: 'generate',
      attempts: 1,
      timeline: [{ stage: 'download', kind: 'main', at: '2026-01-01T00:00:00Z', ms: 1, attempt: 1 }],
      images: [image('k')],
      failure,
    };
    const { diary } = open(known);
    expect(diary.record).toEqual({
      stage: 'generate',
      attempts: 2,
      timeline: known.timeline,
      images: [{ ...image('k'), slot: 'main' }],
    });
  });

  test('keeps the newest sixty lines', () => {
    const { diary } = open();
    for (let n = 0; n < 75; n += 1) diary.remark({ stage: 'upload', kind: 'main', at: 'now', ms: n });
    expect(diary.record.timeline).toHaveLength(60);
    expect(diary.record.timeline.at(0)?.ms).toBe(15);
    expect(diary.record.timeline.at(-1)).toMatchObject({ ms: 74, attempt: 2 });
  });

  test('gives pictures of earlier versions the slots that plans give them', () => {
    const { diary } = open({ stage: null, attempts: 1, timeline: [], images: [image('a'), image('b')] });
    expect(diary.record.images.map(({ slot }) => slot)).toEqual(['main', 'main-2']);
  });

  test('forgets a failure that was overcome', () => {
    const { diary } = open();
    diary.setFailure({ code: 'INTERNAL', message: 'x', stage: 'finish', retryable: true });
    expect(diary.record.failure?.code).toBe('INTERNAL');
    diary.setFailure(undefined);
    expect(diary.record).not.toHaveProperty('failure');
  });
});
