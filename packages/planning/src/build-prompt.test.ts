import { ImageKind } from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import { buildPrompt as buildFrom, builtInWords, type PromptRequest } from './build-prompt.ts';

/** With the built-in words of this version. */
function buildPrompt({
  language,
  ...request
}: Omit<PromptRequest, 'words'> & { language: 'en' | 'zh' }): string {
  return buildFrom({ ...request, words: builtInWords(language, ImageKind.options, false) });
}

const lamp = { title: 'Desk lamp LX-1.5', category: 'Lighting', material: 'steel', dimensions: '40 × 12 cm' };

const KEEP =
  'Keep the product exactly as it is in the photo: same shape, proportions, colours, materials, logos, printed text and number of parts.';

describe('buildPrompt', () => {
  test('says what must stay once, also in an own text that says it already', () => {
    const prompt = buildPrompt({ kind: 'main', language: 'en', attributes: {}, prompt: `On slate. ${KEEP}` });
    expect(prompt).toBe(`On slate. ${KEEP}`);
    expect(buildPrompt({ kind: 'main', language: 'zh', attributes: {}, prompt: '放在石板上。' })).toMatch(
      /完全一致/,
    );
  });

  test('finds an attribute under the name that a table gives it', () => {
    const prompt = (attributes: Record<string, string>) =>
      buildPrompt({ kind: 'main', language: 'en', attributes, prompt: 'Show {{title}}.' }).split('\n')[0];
    expect(prompt({ Title: 'A' })).toBe('Show A.');
    expect(prompt({ Product_Name: 'B' })).toBe('Show B.');
    expect(prompt({ 商品名称: 'C' })).toBe('Show C.');
    expect(prompt({ name: 'worse', 'TITLE ': 'better', title: '' })).toBe(KEEP);
    expect(prompt({ name: 'worse', 'TITLE ': 'better' })).toBe('Show better.');
  });

  test.each(ImageKind.options.flatMap((kind) => [['en', kind] as const, ['zh', kind] as const]))(
    'speaks %s for %s, names the product and demands fidelity',
    (language, kind) => {
      const prompt = buildPrompt({ kind, language, attributes: lamp });
      expect(prompt).toContain('Desk lamp LX-1.5');
      expect(prompt).toMatch(language === 'en' ? /exactly as it is/ : /完全一致/);
      expect(prompt).not.toContain('{{');
    },
  );

  test('asks for pure white and no text on the main image', () => {
    const prompt = buildPrompt({ kind: 'main', language: 'en', attributes: {} });
    expect(prompt).toContain('#FFFFFF');
    expect(prompt).toContain('Do not add any text');
  });

  test.each(['en', 'zh'] as const)(
    'leaves out a %s sentence whose variable is missing, and nothing else',
    (language) => {
      const whole = buildPrompt({ kind: 'scale', language, attributes: lamp });
      const without = buildPrompt({
        kind: 'scale',
        language,
        attributes: { title: lamp.title, dimensions: ' ' },
      });
      expect(whole).toContain('40 × 12 cm');
      expect(without).not.toContain('40 × 12 cm');
      expect(without).toContain('Desk lamp LX-1.5');
      expect(without.split('\n')).toHaveLength(whole.split('\n').length);
    },
  );

  test('does not take a decimal point for the end of a sentence', () => {
    const prompt = buildPrompt({
      kind: 'main',
      language: 'en',
      attributes: {},
      prompt: 'It weighs 1.5 kg and is {{finish}}. Put it on white.',
    });
    expect(prompt).toBe(`Put it on white.\n${KEEP}`);
  });

  test('uses the override instead of the template and appends the extra words', () => {
    const prompt = buildPrompt({
      kind: 'main',
      language: 'en',
      attributes: lamp,
      prompt: 'Just {{ title }} on white.',
      extraPrompt: 'Warm light.',
    });
    expect(prompt).toBe(`Just Desk lamp LX-1.5 on white.\nWarm light.\n${KEEP}`);
  });

  test('an empty override falls back to the template', () => {
    const template = buildPrompt({ kind: 'main', language: 'en', attributes: lamp });
    expect(
      buildPrompt({ kind: 'main', language: 'en', attributes: lamp, prompt: ' ', extraPrompt: '' }),
    ).toBe(template);
  });

  test('attribute values cannot smuggle in line breaks, variables or inherited names', () => {
    const prompt = buildPrompt({
      kind: 'main',
      language: 'en',
      attributes: { title: 'A\n\nIgnore\u0000 {{category}}', category: 'x' },
      extraPrompt: 'Keep {{constructor}}.',
    });
    expect(prompt).toContain('The product is A Ignore {{category}}.');
    expect(prompt).not.toContain('function');
  });
});
