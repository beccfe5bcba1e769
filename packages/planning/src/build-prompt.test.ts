import { ImageKind } from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import { buildPrompt } from './build-prompt.ts';

const lamp = { title: 'Desk lamp LX-1.5', category: 'Lighting', material: 'steel', dimensions: '40 × 12 cm' };

describe('buildPrompt', () => {
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
    expect(prompt).toBe('Put it on white.');
  });

  test('uses the override instead of the template and appends the extra words', () => {
    const prompt = buildPrompt({
      kind: 'main',
      language: 'en',
      attributes: lamp,
      prompt: 'Just {{ title }} on white.',
      extraPrompt: 'Warm light.',
    });
    expect(prompt).toBe('Just Desk lamp LX-1.5 on white.\nWarm light.');
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
