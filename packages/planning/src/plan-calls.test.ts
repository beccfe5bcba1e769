import { createHash } from 'node:crypto';
import { type BatchOptions, BatchPlan, BatchOptions as Options } from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import { geminiTraits, LOCAL_TRAITS, type ModelTraits } from './model-traits.ts';
import { planBatch } from './plan-batch.ts';
import {
  inputBudget,
  type PlanContext,
  planCalls,
  planMainCall,
  planSecondaryCalls,
  priceOf,
} from './plan-calls.ts';
import { planInForce } from './plan-in-force.ts';
import { secondaryKinds } from './secondary-kinds.ts';

const photos = (count: number) => Array.from({ length: count }, (_, n) => ({ sha256: `digest${n}` }));

const KEEP =
  'Keep the product exactly as it is in the photo: same shape, proportions, colours, materials, logos, printed text and number of parts.';

function context(
  some: Partial<BatchOptions> = {},
  { model = geminiTraits(), redo }: { model?: ModelTraits; redo?: PlanContext['redo'] } = {},
): PlanContext {
  const images = Array.from({ length: 4 }, (_, n) => ({ url: `http://supplier.test/${n}.jpg` }));
  const options = Options.parse(some);
  return {
    options,
    sku: { sku: 'S1', images, attributes: { title: 'Desk lamp' } },
    plan: planBatch(options, model),
    redo,
  };
}

describe('planMainCall', () => {
  test('uses the main photo, its own slot and the model that is configured', () => {
    const call = planMainCall(context({ temperature: 0.3 }), { sha256: 'd', key: 'inputs/d.jpg' });
    expect(call).toMatchObject({
      slot: 'main',
      role: 'main',
      kind: 'main',
      model: 'gemini-nano-banana-2.1',
      inputs: [{ sha256: 'd', key: 'inputs/d.jpg' }],
      aspectRatio: '1:1',
      imageSize: '2K',
      temperature: 0.3,
    });
    expect(call.prompt).toContain('Desk lamp');
    expect(call.callKey).toMatch(/^[0-9a-f]{64}$/);
  });

  test('sends no temperature that nobody asked for', () => {
    expect(planMainCall(context(), { sha256: 'd' })).not.toHaveProperty('temperature');
  });

  test('takes the words of the batch instead of the template, with the SKU filled in', () => {
    const main = { prompt: 'A photo of {{title}}.', extraPrompt: 'In Paris.' };
    expect(planMainCall(context({ main }), { sha256: 'd' }).prompt).toBe(
      `A photo of Desk lamp.\nIn Paris.\n${KEEP}`,
    );
  });

  test('has a key that follows the photo, the words, the output and the model, and nothing else', () => {
    const key = (options: Partial<BatchOptions>, sha256 = 'd') =>
      planMainCall(context(options), { sha256 }).callKey;
    const same = key({});
    expect(key({ name: 'other', secondary: {}, budgetUsd: 3, concurrency: 2 })).toBe(same);
    expect(key({ output: { width: 1500, height: 1500, format: 'png' } })).toBe(same);
    const others = [
      key({}, 'e'),
      key({ main: { extraPrompt: 'x' } }),
      key({ language: 'zh' }),
      key({ temperature: 1 }),
      key({ output: { width: 1600, height: 900, format: 'webp' } }),
      key({ output: { width: 800, height: 800, format: 'webp' } }),
      key({ model: 'gemini-3-pro-image' }),
    ];
    expect(new Set([same, ...others]).size).toBe(others.length + 1);
  });
});

describe('another round of a slot', () => {
  const rounds = (redo: PlanContext['redo']) => planMainCall(context({}, { redo }), { sha256: 'd' });
  const first = planMainCall(context(), { sha256: 'd' });

  test('is a call of its own, and the first round keeps its name', () => {
    const keys = [first, rounds({ main: { round: 1 } }), rounds({ main: { round: 2 } })].map(
      ({ callKey }) => callKey,
    );
    expect(new Set(keys).size).toBe(3);
    expect(rounds({ detail: { round: 4 } })).toEqual(first);
    expect(first.round).toBe(0);
    // Written down: this name must not change with any version, or everybody pays again.
    const { model, prompt } = { model: 'gemini-nano-banana-2.1', prompt: first.prompt };
    const parts = [model, ['d'], prompt, '1:1', '2K', null, 'main'];
    expect(first.callKey).toBe(createHash('sha256').update(JSON.stringify(parts)).digest('hex'));
  });

  test('uses the words of the reviewer, with the SKU filled in', () => {
    const { prompt, round } = rounds({ main: { round: 3, prompt: 'The {{title}}, on marble.' } });
    expect({ prompt, round }).toEqual({ prompt: `The Desk lamp, on marble.\n${KEEP}`, round: 3 });
  });

  test('adds what was wrong to the words of the first round', () => {
    const { prompt } = rounds({ main: { round: 1, faults: 'The product was blue {{title}}.' } });
    expect(prompt.startsWith(first.prompt)).toBe(true);
    expect(prompt.slice(first.prompt.length)).toContain('The product was blue {{title}}.');
  });
});

describe('planSecondaryCalls', () => {
  test('makes nothing when none are asked for', () => {
    expect(planSecondaryCalls(context(), photos(3))).toEqual([]);
  });

  test('makes the kinds in the order they were asked for, each from all photos in order', () => {
    const calls = planSecondaryCalls(context({ secondary: { kinds: ['scale', 'detail'] } }), photos(3));
    expect(calls.map(({ kind, role, slot }) => [kind, role, slot])).toEqual([
      ['scale', 'secondary', 'scale'],
      ['detail', 'secondary', 'detail'],
    ]);
    for (const { inputs } of calls) expect(inputs).toEqual(photos(3));
  });

  test('numbers a kind that comes again, so that neither picture nor file name meets the other', () => {
    const kinds = ['detail', 'detail', 'lifestyle', 'detail'] as const;
    const calls = planSecondaryCalls(context({ secondary: { kinds: [...kinds] } }), photos(1));
    expect(calls.map(({ slot }) => slot)).toEqual(['detail', 'detail-2', 'lifestyle', 'detail-3']);
    expect(new Set(calls.map(({ callKey }) => callKey)).size).toBe(4);
  });

  test('sends no more photos than the model takes', () => {
    const secondary = { kinds: ['detail' as const] };
    const of = (model: string) => planSecondaryCalls(context({ secondary, model }), photos(20))[0]?.inputs;
    expect(of('gemini-2.5-flash-image')).toEqual(photos(20).slice(0, 3));
    expect(of('gemini-nano-banana-2.1')).toHaveLength(14);
  });

  test('uses the words of the secondary pictures, not those of the main one', () => {
    const options = { main: { prompt: 'main words' }, secondary: { prompt: 'other words' } };
    expect(planSecondaryCalls(context(options), photos(1))[0]?.prompt).toBe(`other words\n${KEEP}`);
  });
});

describe('the words of one kind', () => {
  test('go before those of all kinds', () => {
    const secondary = {
      kinds: ['detail' as const, 'scale' as const, 'lifestyle' as const],
      prompt: 'any',
      prompts: { scale: 'Beside {{reference}}.', lifestyle: '' },
    };
    const words = planSecondaryCalls(context({ secondary }), photos(1)).map(
      ({ prompt }) => prompt.split('\n')[0],
    );
    expect(words[0]).toBe('any');
    // A sentence whose variable is missing is left out; an empty text stands for the built-in one.
    expect(words[1]).toBe(KEEP);
    expect(words[2]).toContain('in everyday use');
  });
});

describe('secondaryKinds', () => {
  test.each<[BatchOptions['secondary'], string[]]>([
    [false, []],
    [{}, ['lifestyle']],
    [{ count: 3 }, ['lifestyle', 'detail', 'infographic']],
    [
      { count: 8 },
      ['lifestyle', 'detail', 'infographic', 'scale', 'packaging', 'on-model', 'lifestyle', 'detail'],
    ],
    [{ kinds: ['scale', 'detail'] }, ['scale', 'detail']],
    [{ kinds: ['scale', 'detail'], count: 3 }, ['scale', 'detail', 'scale']],
    [{ kinds: ['scale', 'detail'], count: 1 }, ['scale']],
  ])('of %j are %j', (secondary, kinds) => {
    expect(secondaryKinds(Options.parse({ secondary }))).toEqual(kinds);
  });
});

describe('the words for a picture that gets captions', () => {
  const wordsFor = (kind: 'infographic' | 'scale', width: number, height: number, language: 'en' | 'zh') =>
    planSecondaryCalls(
      context({ secondary: { kinds: [kind] }, output: { width, height, format: 'jpeg' }, language }),
      photos(1),
    )[0]?.prompt ?? '';

  test.each([
    ['en', 'leave the right half empty', 'leave the lower 40 % empty'],
    ['zh', '右半部分留空', '下方40%留空'],
  ] as const)('in %s ask for room where they will stand', (language, beside, below) => {
    expect(wordsFor('infographic', 1500, 1500, language)).toContain(beside);
    expect(wordsFor('infographic', 1500, 700, language)).toContain(beside);
    expect(wordsFor('infographic', 900, 1200, language)).toContain(below);
    expect(wordsFor('infographic', 900, 1200, language)).not.toContain(beside);
  });

  test('ask for room at the foot of a scale picture', () => {
    expect(wordsFor('scale', 1500, 1500, 'en')).toContain('Leave the lowest fifth of the picture empty.');
  });
});

describe('inputBudget', () => {
  test('gives a lone main photo the whole request', () => {
    expect(inputBudget(context())).toMatchObject({ photos: 1, maxBytes: 20_000_000 });
  });

  test('shares the request between the photos of the secondary pictures', () => {
    expect(inputBudget(context({ secondary: {} }))).toMatchObject({ photos: 4, maxBytes: 5_000_000 });
  });

  test('counts no more photos than the model takes', () => {
    const model = 'a-model-nobody-described';
    expect(inputBudget(context({ secondary: {}, model }))).toMatchObject({ photos: 3, maxBytes: 2_333_333 });
    expect(inputBudget(context({ secondary: {} }, { model: LOCAL_TRAITS }))).toMatchObject({
      photos: 1,
      maxBytes: 50_000_000,
    });
  });

  test('keeps transparency for the local engine alone', () => {
    expect(inputBudget(context()).keepAlpha).toBe(false);
    expect(inputBudget(context({}, { model: LOCAL_TRAITS })).keepAlpha).toBe(true);
  });

  test('sends photos of 1536 px to hosted models, and lets the local engine cut larger ones', () => {
    expect(inputBudget(context()).maxSide).toBe(1536);
    expect(inputBudget(context({}, { model: LOCAL_TRAITS })).maxSide).toBe(2048);
  });

  test('prepares the photos of a batch that an earlier version planned as that one did', () => {
    const { plan } = context();
    const { maxSide: _, ...photos } = plan.photos;
    expect(BatchPlan.parse({ ...plan, photos }).photos.maxSide).toBe(2048);
  });
});

describe('planBatch', () => {
  const modelOf = (options: Partial<BatchOptions>, model: ModelTraits = geminiTraits()) =>
    planBatch(Options.parse(options), model).model;

  test('follows the batch, except where there is only one engine', () => {
    expect(modelOf({ model: 'gemini-3-pro-image' })).toBe('gemini-3-pro-image');
    expect(modelOf({})).toBe('gemini-nano-banana-2.1');
    expect(modelOf({ model: 'gemini-3-pro-image' }, LOCAL_TRAITS)).toBe('local-packshot-9');
  });

  test('keeps the words of the kinds that the batch makes, and of no other', () => {
    const { words } = planBatch(
      Options.parse({ main: false, secondary: { kinds: ['scale'] } }),
      geminiTraits(),
    );
    expect(Object.keys(words.templates)).toEqual(['scale']);
  });

  test('prices a call as the engine does', () => {
    const options = Options.parse({ output: { width: 3000, height: 3000, format: 'jpeg' } });
    const traits = geminiTraits('gemini-3-pro-image');
    const plan = planBatch(options, traits);
    for (const inputs of [photos(1), photos(5)]) {
      const usd = traits.estimateUsd({ model: plan.model, imageSize: plan.imageSize, inputs });
      expect(priceOf(plan, { inputs })).toBeCloseTo(usd, 9);
    }
  });
});

describe('a batch that was planned', () => {
  const options = Options.parse({ secondary: { kinds: ['detail'] } });
  const sku = { sku: 'S1', images: [{ url: 'http://supplier.test/0.jpg' }] };
  const keptPlan = planBatch(options, geminiTraits('gemini-2.5-flash-image'));
  const keysBy = (traits: ModelTraits, kept = keptPlan) =>
    planCalls({ options, sku, plan: planInForce(kept, options, traits) }, photos(5)).map(
      ({ callKey }) => callKey,
    );

  test('has the same calls in processes with another default model', () => {
    expect(keysBy(geminiTraits('gemini-3-pro-image'))).toEqual(
      keysBy(geminiTraits('gemini-2.5-flash-image')),
    );
  });

  test('has the same calls where the built-in prompts are others', () => {
    const words = {
      templates: { main: 'Old words.', detail: 'Old close-up.' },
      keep: 'Keep it.',
      correction: 'No: ',
    };
    const old = { ...keptPlan, words };
    const [main, detail] = planCalls(
      { options, sku, plan: planInForce(old, options, geminiTraits()) },
      photos(1),
    );
    expect([main?.prompt, detail?.prompt]).toEqual(['Old words.\nKeep it.', 'Old close-up.\nKeep it.']);
  });

  test('is planned anew by a process with another engine', () => {
    expect(planInForce(keptPlan, options, LOCAL_TRAITS)).toEqual(planBatch(options, LOCAL_TRAITS));
    expect(planInForce(null, options, LOCAL_TRAITS)).toEqual(planBatch(options, LOCAL_TRAITS));
  });
});
