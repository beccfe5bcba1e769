import { dropPicture, type ImageRecord, SkuRecord } from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import { joinDetails, splitRecord } from './sku-details.ts';

const CHECKS = [
  { rule: 'pixels', measured: '2000×2000', required: '2000×2000', pass: true },
  { rule: 'sharpness', measured: 0.4019, required: 'at least 0.06', pass: true },
  { rule: 'borderWhite', measured: 0.99, required: '1: the outer 1 % of the frame is white', pass: false },
  { rule: 'fill', measured: 0.84, required: '0.8 to 0.95 of the frame', pass: true, fix: 'scaled to 0.85' },
];
const PROMPT = `Edit this photo. The product is 一个杯子.\n${'Keep the product exactly as it is. '.repeat(20)}`;

function image(slot: string, change: Partial<ImageRecord> = {}): ImageRecord {
  return {
    role: slot === 'main' ? 'main' : 'secondary',
    kind: slot === 'main' ? 'main' : 'detail',
    slot,
    round: 0,
    sourceUrl: 'https://supplier.test/1.jpg',
    key: `image-studio/S/1_${slot}-0a.webp`,
    callKey: '0a'.repeat(32),
    width: 2000,
    height: 2000,
    bytes: 90_000,
    format: 'webp',
    checks: CHECKS,
    reused: false,
    costUsd: 0.05,
    model: 'm',
    prompt: PROMPT,
    inputs: [{ sha256: '0b'.repeat(32), url: 'https://supplier.test/1.jpg' }],
    createdAt: '2026-11-24T09:28:33.634Z',
    ...change,
  };
}

function record(images: ImageRecord[]): SkuRecord {
  const at = '2026-11-24T09:28:20.135Z';
  const stages = ['download', 'prepare', 'generate', 'finish', 'upload'] as const;
  const timeline = stages.map((stage) => ({ stage, kind: 'main' as const, at, ms: 232, attempt: 1 }));
  return { stage: null, attempts: 1, timeline, images };
}

describe('the record of a SKU that has ended', () => {
  test('keeps the pictures that were dropped among the details, and finds them again', () => {
    const { tries, ...dropped } = image('main', { prompt: 'the first' });
    const whole = record([image('main', { round: 1, tries: dropPicture({ ...dropped }) })]);
    const { brief, details } = splitRecord(whole);
    expect(JSON.stringify(brief)).not.toContain('the first');
    expect(joinDetails(JSON.parse(JSON.stringify(brief)), details)).toEqual(whole);
    expect(whole.images[0]?.tries?.[0]?.picture?.prompt).toBe('the first');
  });

  test('is the same again when its parts are joined', () => {
    const whole = record([image('main'), image('detail'), image('detail-2', { round: 2 })]);
    const { brief, details } = splitRecord(whole);
    expect(joinDetails(JSON.parse(JSON.stringify(brief)), details)).toEqual(whole);
  });

  test('takes less than half of the room', () => {
    const whole = record([image('main')]);
    const { brief, details } = splitRecord(whole);
    const bytes = JSON.stringify(brief).length + details.length;
    expect(bytes).toBeLessThan(JSON.stringify(whole).length / 2);
    expect(details.length).toBeLessThan(375);
  });

  test('is, without its details, a record that every version can read, with the checks that fail', () => {
    const { brief } = splitRecord(record([image('main')]));
    expect(SkuRecord.parse(brief)).toEqual(brief);
    expect(brief.images[0]?.checks).toEqual([CHECKS[2]]);
    expect(joinDetails(brief, null)).toEqual(brief);
  });

  test('keeps what a decision has changed since, and finds its details all the same', () => {
    const { brief, details } = splitRecord(record([image('main'), image('detail')]));
    const review = { decision: 'approved' as const, at: '2026-11-25T00:00:00.000Z' };
    const decided = { ...brief, images: brief.images.map((one) => ({ ...one, review })) };
    const joined = joinDetails(decided, details);
    expect(joined.images.map((one) => [one.review, one.prompt, one.checks])).toEqual([
      [review, PROMPT, CHECKS],
      [review, PROMPT, CHECKS],
    ]);
  });

  test('is not mixed with the details of earlier pictures once a job has written it anew', () => {
    const { details } = splitRecord(record([image('main'), image('detail')]));
    const anew = record([image('main', { round: 1, prompt: 'On marble.', checks: [] })]);
    expect(joinDetails(anew, details)).toEqual(anew);
    const unknown = { ...anew, images: [image('main', { round: 1, prompt: '', checks: [] })] };
    expect(joinDetails(unknown, details)).toEqual(unknown);
  });

  test.each([['3AAAA'], ['2AAAA'], ['1!!!'], [''], [`1${Buffer.from('nonsense').toString('base64')}`]])(
    'is shown without the details %j, which nobody can read',
    (details) => {
      const { brief } = splitRecord(record([image('main')]));
      expect(joinDetails(brief, Buffer.from(details))).toEqual(brief);
    },
  );

  test('can be read as yesterday wrote it, in base64: the dictionary has not changed', () => {
    const { brief } = splitRecord(record([image('main')]));
    expect(joinDetails(brief, Buffer.from(WRITTEN_BEFORE))).toEqual(record([image('main')]));
  });
});

const WRITTEN_BEFORE =
  '1o6AVCG47gVqBFlZGBnqGxqawRpqRMc42DqGWH5nGYrb3qGMuevuOOqaiN/QoMBUU2YiGXnFOfgnCPEidbGWgQ3wD8MmOhic7Vj2' +
  'bu/7p2gnENAb1FEaVjCoZlEqUdLC0VUlpGaKIk9SIMTEwxFm4k96OMdCztCStKVMONQNiDbzTSpsWDLTlAm+h4Kh+DJIogxjVV3F' +
  'pQQFoWFqvJLW4RN9QL6sgHVKjAQA=';
