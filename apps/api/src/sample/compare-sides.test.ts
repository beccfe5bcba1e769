import type { ImageRecord } from '@image-studio/contract';
import type { SkuEntry } from '@image-studio/queue';
import { describe, expect, test } from '@jest/globals';
import type { Links } from '../views/links.ts';
import { compareSides, sidesOf } from './compare-sides.ts';

const MODELS = [
  { alias: 'a', model: 'model-a' },
  { alias: 'b', model: 'model-b' },
];
const links = { object: async (key: string) => `/${key}` } as Links;

const picture = (model: string, key: string) => ({
  sourceUrl: 'https://x.example/1.jpg',
  sourceKey: 'inputs/1.jpg',
  key,
  width: 1,
  height: 1,
  bytes: 1,
  format: 'webp',
  checks: [],
  reused: false,
  model,
  prompt: '',
});

/** As two passes leave it: what the first model made is dropped, what the second made is listed. */
function entry(index: number, hasFirst = true): SkuEntry {
  const dropped = {
    round: 0,
    callKey: 'x',
    costUsd: 0.04,
    at: '',
    failed: [],
    outdated: true,
    picture: picture('model-a', `a${index}`),
  };
  const image: ImageRecord = {
    ...picture('model-b', `b${index}`),
    role: 'main',
    kind: 'main',
    callKey: 'y',
    costUsd: hasFirst ? 0.1 : 0.06,
    ...(hasFirst && { tries: [dropped] }),
  };
  const record = { stage: null, attempts: 1, timeline: [], images: [image] };
  return { index, state: 'completed', record, input: { sku: `S${index}`, images: [] } };
}

const compare = (entries: SkuEntry[], choices: [number, string][], isAsked = false) =>
  compareSides('batch', entries, MODELS, new Map(choices), { links, isAsked });

describe('a comparison', () => {
  test('shows each SKU in an order of its own that stays, without a name', async () => {
    const entries = Array.from({ length: 40 }, (_, n) => entry(n));
    const { skus, verdict } = await compare(entries, []);
    expect(verdict).toBeNull();
    expect((await compare(entries, [])).skus).toEqual(skus);
    const firsts = skus.map(({ sides }) => sides[0]?.[0]?.url.slice(1, 2));
    expect(firsts.filter((side) => side === 'a').length).toBeGreaterThan(8);
    expect(firsts.filter((side) => side === 'b').length).toBeGreaterThan(8);
    expect(JSON.stringify(skus)).not.toContain('model');
    expect(skus[0]?.photoUrl).toBe('/inputs/1.jpg');
  });

  test('keeps a choice at the side where the model stands', async () => {
    const { skus } = await compare(
      [entry(0), entry(1), entry(2)],
      [
        [0, 'b'],
        [1, ''],
      ],
    );
    const side = sidesOf('batch', 'S0', MODELS).findIndex(({ alias }) => alias === 'b') + 1;
    expect(skus.map(({ choice }) => choice)).toEqual([side, 0, null]);
  });

  test('has its verdict once all that can be judged is, and says when it may be chance', async () => {
    const entries = [entry(0), entry(1), entry(2), entry(3, false)];
    const close = await compare(entries, [
      [0, 'b'],
      [1, 'b'],
      [2, ''],
    ]);
    expect(close.verdict).toMatchObject({
      models: [
        { model: 'b', wins: 2, pictures: 4 },
        { model: 'a', wins: 0, costUsd: 0.12, pictures: 3 },
      ],
      equal: 1,
      share: { value: 1 },
      isDecided: false,
    });
    const many = Array.from({ length: 12 }, (_, n) => entry(n));
    const clear = await compare(
      many,
      many.map(({ index }) => [index, index < 11 ? 'a' : 'b']),
    );
    expect(clear.verdict).toMatchObject({ models: [{ model: 'a' }, { model: 'b' }], isDecided: true });
    expect((await compare(many, [], true)).verdict).toMatchObject({ share: null, isDecided: false });
  });
});
