import { describe, expect, test } from '@jest/globals';
import { SkuRecord } from './sku.ts';
import { slotsOf } from './slots-of.ts';

/** As the first version wrote it. */
const OLD_IMAGE = {
  role: 'main',
  kind: 'main',
  sourceUrl: 'http://supplier.test/1.jpg',
  key: 'image-studio/S/1_main-0a.webp',
  callKey: '0a',
  width: 1,
  height: 1,
  bytes: 1,
  format: 'webp',
  checks: [],
  reused: false,
  costUsd: 0,
  model: 'm',
  prompt: 'p',
} as const;

describe('SkuRecord', () => {
  test('reads what earlier versions wrote', () => {
    const old = { stage: null, attempts: 1, timeline: [], images: [OLD_IMAGE] };
    expect(SkuRecord.parse(old)).toEqual(old);
  });

  test('holds another round by slot', () => {
    const redo = { main: { round: 1, faults: 'The product was cut off.' }, 'detail-2': { round: 2 } };
    const record = { stage: null, attempts: 1, timeline: [], images: [], redo };
    expect(SkuRecord.parse(record).redo).toEqual(redo);
    expect(SkuRecord.safeParse({ ...record, redo: { main: { round: 0 } } }).success).toBe(false);
  });
});

describe('slotsOf', () => {
  test('numbers the kinds of records that name no slots', () => {
    const kinds = (['main', 'detail', 'detail', 'scale'] as const).map((kind) => ({ kind }));
    expect(slotsOf(kinds)).toEqual(['main', 'detail', 'detail-2', 'scale']);
    expect(slotsOf([{ kind: 'detail', slot: 'detail-3' }])).toEqual(['detail-3']);
  });
});
