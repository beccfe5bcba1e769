import { type ImageRecord, type SkuRecord, StageError } from '@image-studio/contract';
import { type SkuJob, SkuTaken } from '@image-studio/queue';
import { describe, expect, test } from '@jest/globals';
import { openSkuProgress, type StageObserver } from './sku-progress.ts';

type Seen = Parameters<StageObserver['stageDone']>[0];

/** A progress whose notes and observations are kept; `job` changes what the job says of itself. */
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
  const progress = openSkuProgress(double, 'S1', known, { stageDone: (fields) => void seen.push(fields) });
  return { progress, notes, seen };
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
    const { progress, notes, seen } = open();
    const result = await progress.stage(
      'download',
      'main',
      async () => {
        expect(notes.at(-1)).toMatchObject({ stage: 'download', attempts: 2, timeline: [] });
        return 'photo';
      },
      (photo) => photo.length,
    );
    expect(result).toBe('photo');
    const line = progress.record.timeline[0];
    expect(line).toMatchObject({ stage: 'download', kind: 'main', bytes: 5, attempt: 2 });
    expect(Date.parse(line?.at ?? '')).not.toBeNaN();
    expect(seen).toEqual([
      { batchId: 'b1', sku: 'S1', stage: 'download', kind: 'main', ms: expect.any(Number) },
    ]);
  });

  test('that fails leaves its reason in the timeline and hands its error on as it is', async () => {
    const { progress, seen } = open();
    const error = new StageError('SOURCE_NOT_FOUND', 'the photo is gone (404)', { verdict: 'fail' });
    const failed = progress.stage('download', 'detail', () => Promise.reject(error));
    await expect(failed).rejects.toBe(error);
    expect(progress.record.timeline[0]?.error).toBe('SOURCE_NOT_FOUND: the photo is gone (404)');
    expect(seen[0]).toMatchObject({ stage: 'download', kind: 'detail', error: 'SOURCE_NOT_FOUND' });
    expect(progress.record.stage).toBe('download');
  });

  test('that fails in a way nobody foresaw may be tried again', async () => {
    const { progress } = open();
    const cause = new TypeError('undefined is not a function');
    const failed = progress.stage('finish', 'main', () => Promise.reject(cause));
    await expect(failed).rejects.toMatchObject({ code: 'INTERNAL', verdict: 'retry', cause });
  });

  test('does not start when the job was aborted, and tells nobody', async () => {
    const { progress, notes, seen } = open(null, { signal: AbortSignal.abort(new Error('cancelled')) });
    let ran = false;
    const stage = progress.stage('download', 'main', async () => {
      ran = true;
    });
    await expect(stage).rejects.toThrow('cancelled');
    expect({ ran, notes, seen }).toEqual({ ran: false, notes: [], seen: [] });
  });

  test('does not start when the SKU belongs to another run by now', async () => {
    const { progress } = open(null, { note: () => Promise.reject(new SkuTaken()) });
    let ran = false;
    const stage = progress.stage('download', 'main', async () => {
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
    const { progress } = open(known);
    expect(progress.record).toEqual({
      stage: 'generate',
      attempts: 2,
      timeline: known.timeline,
      images: [{ ...image('k'), slot: 'main' }],
    });
  });

  test('keeps the newest sixty lines', () => {
    const { progress } = open();
    for (let n = 0; n < 75; n += 1) progress.recordStage({ stage: 'upload', kind: 'main', at: 'now', ms: n });
    expect(progress.record.timeline).toHaveLength(60);
    expect(progress.record.timeline.at(0)?.ms).toBe(15);
    expect(progress.record.timeline.at(-1)).toMatchObject({ ms: 74, attempt: 2 });
  });

  test('gives pictures of earlier versions the slots that plans give them', () => {
    const { progress } = open({ stage: null, attempts: 1, timeline: [], images: [image('a'), image('b')] });
    expect(progress.record.images.map(({ slot }) => slot)).toEqual(['main', 'main-2']);
  });

  test('forgets a failure that was overcome', () => {
    const { progress } = open();
    progress.setFailure({ code: 'INTERNAL', message: 'x', stage: 'finish', retryable: true });
    expect(progress.record.failure?.code).toBe('INTERNAL');
    progress.setFailure(undefined);
    expect(progress.record).not.toHaveProperty('failure');
  });
});
