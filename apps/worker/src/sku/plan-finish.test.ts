import { expect, test } from '@jest/globals';
import { planFinish } from './plan-finish.ts';
import type { SkuWork } from './sku-work.ts';

test('a picture is marked by who made it, not by what makes pictures now', () => {
  const begun = {
    options: { profile: 'web' },
    input: { sku: 'MUG', images: [] },
  } as unknown as SkuWork['begun'];
  const markOf = (model: string) =>
    planFinish({ begun }, { role: 'main', kind: 'main', model, aspectRatio: '1:1', photos: [] }).aiGenerated;
  expect(
    ['gemini-nano-banana-2.1', 'own/qwen-image-edit', 'local-packshot-8', 'local-packshot-9'].map(markOf),
  ).toEqual([true, true, false, false]);
});
