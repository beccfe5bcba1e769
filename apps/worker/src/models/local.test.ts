import { createCpuLimiter, inlinePictureWork } from '@image-studio/imaging';
import { describe, expect, test } from '@jest/globals';
import { exampleRequest, IMAGE_MODEL_CONTRACT } from './image-model-contract.ts';
import { createLocalModel } from './local.ts';

const model = createLocalModel(inlinePictureWork(createCpuLimiter(1)));

describe('the local engine keeps the contract of image models:', () => {
  test.each(IMAGE_MODEL_CONTRACT)('$name', async ({ verify }) => {
    await expect(verify({ model, requestsSent: () => 0 })).resolves.toBeUndefined();
  });
});

test('the local engine costs nothing', async () => {
  const { costUsd, usage } = await model.generate(await exampleRequest(), new AbortController().signal);
  expect({ costUsd, usage }).toEqual({
    costUsd: 0,
    usage: { promptTokens: 0, imageTokens: 0, textTokens: 0 },
  });
});
