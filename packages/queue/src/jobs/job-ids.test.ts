import { describe, expect, test } from '@jest/globals';
import { newBatchId } from '../batch-store/batch-id.ts';
import { aiJobId, batchIdOfJob, skuJobId } from './job-ids.ts';

const KEY = '0123456789abcdef'.repeat(4);

describe('job ids', () => {
  test('are derived: the same SKU, run and call have the same id', () => {
    expect(skuJobId('b1', 17, 2)).toBe('b1_17_2');
    expect(aiJobId(skuJobId('b1', 17, 2), KEY)).toBe('b1_17_2_0123456789abcdef');
  });

  test('are none that BullMQ refuses: no colon, not a whole number', () => {
    for (const id of [skuJobId('b1', 0, 1), aiJobId('b1_0_1', KEY)]) {
      expect(id).not.toContain(':');
      expect(Number.isNaN(Number(id))).toBe(true);
    }
  });

  test('say which batch they belong to', () => {
    const batchId = newBatchId();
    const sku = skuJobId(batchId, 9999, 12);
    expect(batchIdOfJob(sku)).toBe(batchId);
    expect(batchIdOfJob(aiJobId(sku, KEY))).toBe(batchId);
  });

  test.each([
    '',
    '17',
    'b1',
    'b1_1',
    'b1_1_',
    'b1_x_1',
    'x1_1_1',
    'B1_1_1',
    'b1_1_1_0123',
    'b1_1_1_0123456789abcdeg',
    'b1_1_1_0123456789abcdef_2',
    ' b1_1_1',
    'b1_1_1\n',
    'repeat:b1:1',
    'b1_-1_1',
    '550e8400-e29b-41d4-a716-446655440000',
  ])('that somebody else gave belong to no batch: %j', (id) => {
    expect(batchIdOfJob(id)).toBeNull();
  });
});
