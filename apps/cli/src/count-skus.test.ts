import { expect, test } from '@jest/globals';
import { countSkus } from './count-skus.ts';

test('one SKU is not told as several', () => {
  expect([0, 1, 2].map(countSkus)).toEqual(['0 SKUs', '1 SKU', '2 SKUs']);
});
