import type { Check, ImageRecord, SkuRecord } from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import { listPicture } from './list-picture.ts';

const ORDER = ['main', 'detail', 'scale'];
const at = '2026-01-01T00:00:00.000Z';

const failing = (rule: string): Check => ({ rule, measured: 0, required: '1', pass: false });

function image(slot: string, round: number, failed: string[] = []): ImageRecord {
  return {
    role: slot === 'main' ? 'main' : 'secondary',
    kind: slot === 'main' ? 'main' : 'detail',
    slot,
    round,
    sourceUrl: 'http://supplier.test/1.jpg',
    key: `${slot}-${round}`,
    callKey: `${slot}#${round}`,
    width: 1,
    height: 1,
    bytes: 1,
    format: 'webp',
    checks: failed.map(failing),
    reused: false,
    costUsd: 0.04,
    model: 'm',
    prompt: 'p',
    createdAt: at,
  };
}

const recordOf = (images: ImageRecord[], redo?: SkuRecord['redo']): SkuRecord => ({
  stage: null,
  attempts: 1,
  timeline: [],
  images,
  ...(redo && { redo }),
});

describe('listPicture', () => {
  test('keeps the order of the plan, in whatever order pictures come', () => {
    const record = recordOf([]);
    for (const slot of ['scale', 'main', 'detail']) listPicture(record, image(slot, 0), ORDER);
    expect(record.images.map(({ slot }) => slot)).toEqual(ORDER);
  });

  test('puts the same picture in its own place again, as a repeated step does', () => {
    const record = recordOf([image('main', 0)]);
    listPicture(record, image('main', 0), ORDER);
    expect(record.images).toEqual([image('main', 0)]);
  });

  test('replaces what the checks turned down, and adds up what both cost', () => {
    const record = recordOf([image('main', 0, ['fill']), image('detail', 0)], {
      main: { round: 1, faults: 'Too small.' },
    });
    listPicture(record, image('main', 1), ORDER);
    expect(record.images.map(({ key }) => key)).toEqual(['main-1', 'detail-0']);
    expect(record.images[0]).toMatchObject({
      costUsd: 0.08,
      tries: [{ round: 0, callKey: 'main#0', costUsd: 0.04, at, failed: ['fill'] }],
    });
  });

  test('takes the newer of two pictures that fail equally often', () => {
    const record = recordOf([image('main', 0, ['fill'])], { main: { round: 1, faults: 'Too small.' } });
    listPicture(record, image('main', 1, ['colour']), ORDER);
    expect(record.images[0]?.key).toBe('main-1');
  });

  test('keeps the earlier picture when the automatic try is worse, and marks the round as over', () => {
    const record = recordOf([image('main', 0, ['fill'])], { main: { round: 1, faults: 'Too small.' } });
    listPicture(record, image('main', 1, ['fill', 'colour']), ORDER);
    expect(record.images[0]).toMatchObject({
      key: 'main-0',
      costUsd: 0.08,
      tries: [{ round: 1, callKey: 'main#1', failed: ['fill', 'colour'] }],
    });
    expect(record.redo?.main).toEqual({ round: 1, faults: 'Too small.', kept: true });
  });

  test('takes what a reviewer asked for, even if it fails more checks', () => {
    const record = recordOf([image('main', 0)], { main: { round: 1, prompt: 'On marble.' } });
    listPicture(record, image('main', 1, ['fill']), ORDER);
    expect(record.images[0]?.key).toBe('main-1');
  });

  test('remembers every try of a slot with its own cost', () => {
    const record = recordOf([image('main', 0, ['fill'])]);
    for (const round of [1, 2]) {
      record.redo = { main: { round } };
      listPicture(record, image('main', round), ORDER);
    }
    expect(record.images[0]?.costUsd).toBeCloseTo(0.12, 9);
    expect(record.images[0]?.tries?.map(({ round }) => round)).toEqual([0, 1]);
    for (const { costUsd } of record.images[0]?.tries ?? []) expect(costUsd).toBeCloseTo(0.04, 9);
  });

  test('counts a call once to which the batch goes back, also one that the checks asked for', () => {
    const record = recordOf([image('main', 0, ['fill'])], { main: { round: 1, faults: 'Too small.' } });
    listPicture(record, image('main', 1, ['fill']), ORDER);
    // Made by another model, and by the first one again: the ledger has both calls.
    const other = { ...image('main', 0), callKey: 'other', key: 'other' };
    for (const next of [other, image('main', 0, ['fill']), image('main', 1, ['fill'])]) {
      const isPass = next.round === 0;
      record.images = record.images.map((one) => (isPass ? { ...one, outdated: true } : one));
      listPicture(record, next, ORDER);
    }
    const [listed] = record.images;
    expect(listed?.callKey).toBe('main#1');
    expect(listed?.tries?.map(({ callKey }) => callKey).sort()).toEqual(['main#0', 'other']);
    expect(listed?.costUsd).toBeCloseTo(0.12, 9);
  });
});
