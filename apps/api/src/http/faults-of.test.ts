import { BatchOptions, SkuInput } from '@image-studio/contract';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { faultsOf } from './faults-of.ts';

const faults = (value: unknown, prefix: PropertyKey[] = []) => {
  const parsed = (prefix.length > 0 ? SkuInput : BatchOptions).safeParse(value);
  return parsed.success ? [] : faultsOf(parsed.error, prefix);
};

describe('faultsOf', () => {
  test('spells the path of a photo in a SKU as a person would', () => {
    const paths = faults({ sku: 'A', images: [{ name: 'x' }] }, ['skus', 3]).map(({ path }) => path);
    expect(paths).toEqual(['skus[3].images[0].url']);
  });

  test('quotes names that are no identifiers', () => {
    const paths = faults({ sku: 'A', images: [{ url: 'u' }], attributes: { 'net weight': 7 } }, ['skus', 0]);
    expect(paths).toMatchObject([{ path: 'skus[0].attributes["net weight"]' }]);
  });

  test('names each unknown field', () => {
    expect(faults({ profil: 'amazon', prio: 1 })).toMatchObject([
      { path: 'profil', message: 'is not a known field' },
      { path: 'prio', message: 'is not a known field' },
    ]);
  });

  test('looks into the branch of a union that was meant', () => {
    expect(faults({ main: { prompt: 7 } })).toMatchObject([{ path: 'main.prompt' }]);
    expect(faults({ main: { promt: 'x' } })).toMatchObject([
      { path: 'main.promt', message: 'is not a known field' },
    ]);
    expect(faults({ main: 'yes' })).toMatchObject([{ path: 'main' }]);
  });

  test('says in plain words what is wrong, and as a sentence for other languages', () => {
    const output = { width: 1, height: 'tall', format: 'gif' };
    const said = faults({ output, budgetUsd: 0, webhookUrl: 'no', deadline: 'soon', name: '', sample: 1.5 });
    expect(Object.fromEntries(said.map(({ path, message }) => [path, message]))).toEqual({
      'output.width': 'must be at least 16',
      'output.height': 'must be a number',
      'output.format': 'must be one of jpeg, png, webp, avif',
      budgetUsd: 'must be more than 0',
      webhookUrl: 'must be an address that begins with http:// or https://',
      deadline: 'must be a time with its zone, such as 2027-01-31T18:00:00Z',
      name: 'must not be empty',
      sample: 'must be a whole number',
    });
    expect(said.every(({ sentence }) => sentence !== undefined)).toBe(true);
    expect(faults({ sku: 'A' }, ['skus', 0])).toMatchObject([
      { path: 'skus[0].images', message: 'is required' },
    ]);
    expect(faults({ model: '??' })).toMatchObject([
      { path: 'model', sentence: { text: 'must be a plain model name' } },
    ]);
  });

  test('calls the document itself $', () => {
    expect(faults(null)).toMatchObject([{ path: '$' }]);
  });
});

test('lists no more than an answer holds, however much is wrong', () => {
  const numbers = Array.from({ length: 300_000 }, () => 1);
  const many = z.array(z.string()).safeParse(numbers).error as z.ZodError;
  const unknown = z.strictObject({}).safeParse(Object.fromEntries(numbers.map((_, at) => [`k${at}`, 1])))
    .error as z.ZodError;
  expect(faultsOf(many)).toHaveLength(100);
  expect(faultsOf(unknown)).toHaveLength(100);
});
