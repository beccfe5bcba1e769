import { describe, expect, test } from '@jest/globals';
import { type CallIdentity, callKeyOf } from './call-key.ts';

const call: CallIdentity = {
  model: 'gemini-nano-banana-2.1',
  inputs: ['aa', 'bb'],
  prompt: 'Édit this photo.\n产品',
  aspectRatio: '1:1',
  imageSize: '2K',
  temperature: null,
  variant: 'main',
  scope: '',
};

describe('callKeyOf', () => {
  test('gives the keys under which pictures were bought yesterday', () => {
    // Computed outside this code. A change here makes every customer pay for every picture once more.
    expect(callKeyOf(call)).toBe('6642c5dbe48e5324ad8310be7fcc7bfeea6c2eb0719eb152b8dbb6f18cd54c6a');
    expect(
      callKeyOf({
        model: 'm',
        inputs: ['aa'],
        prompt: 'p',
        aspectRatio: '1:1',
        imageSize: '1K',
        temperature: 0.4,
        variant: 'detail-2',
        scope: '',
      }),
    ).toBe('635f9a3c62de314c42af34291b268b42efb02902bd50330678eca4c9207e184a');
  });

  test('does not depend on the order in which the fields were written', () => {
    const { variant, temperature, ...rest } = call;
    expect(callKeyOf({ variant, temperature, ...rest })).toBe(callKeyOf(call));
  });

  test.each<Partial<CallIdentity>>([
    { model: 'gemini-nano-banana-2' },
    { scope: 'acme' },
    { inputs: ['bb', 'aa'] },
    { inputs: ['aa'] },
    { inputs: ['aabb'] },
    { inputs: ['aa', 'bb', 'bb'] },
    { prompt: 'Édit this photo.\n产品 ' },
    { aspectRatio: '4:3' },
    { imageSize: '4K' },
    { temperature: 0 },
    { temperature: 1 },
    { variant: 'main-2' },
  ])('gives another key for %j', (change) => {
    expect(callKeyOf({ ...call, ...change })).not.toBe(callKeyOf(call));
  });
});
