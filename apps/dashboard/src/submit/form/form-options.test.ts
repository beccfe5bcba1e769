import { describe, expect, test } from '@jest/globals';
import { FIRST_OPTIONS, toBody, toQuery } from './form-options.ts';

describe('the options of the form', () => {
  test('untouched ask for main images of the default profile', () => {
    expect(toBody(FIRST_OPTIONS)).toEqual({ profile: 'web', main: true, secondary: false, language: 'en' });
    expect(Object.fromEntries(toQuery(FIRST_OPTIONS))).toEqual({
      profile: 'web',
      main: 'true',
      secondary: 'false',
      language: 'en',
    });
  });

  const filled = {
    ...FIRST_OPTIONS,
    name: ' Spring ',
    profile: 'etsy',
    mainPrompt: 'On oak. {{title}}.',
    extraPrompt: 'Warm light.',
    kinds: ['detail', 'scale'],
    budgetUsd: '12.50',
    webhookUrl: 'https://hooks.example/x',
    concurrency: '4',
    ownOutput: true,
    width: '800',
    height: '600',
  };

  test('become the fields of a request', () => {
    expect(toBody(filled)).toEqual({
      name: 'Spring',
      profile: 'etsy',
      webhookUrl: 'https://hooks.example/x',
      main: { prompt: 'On oak. {{title}}.', extraPrompt: 'Warm light.' },
      secondary: { kinds: ['detail', 'scale'], extraPrompt: 'Warm light.' },
      language: 'en',
      budgetUsd: 12.5,
      concurrency: 4,
      output: { width: 800, height: 600, format: 'jpeg' },
    });
  });

  test('or the query of a table', () => {
    expect(Object.fromEntries(toQuery(filled))).toMatchObject({
      name: 'Spring',
      prompt: 'On oak. {{title}}.',
      secondary: 'detail,scale',
      budgetUsd: '12.50',
      width: '800',
      height: '600',
      format: 'jpeg',
    });
  });

  test('leave what is no number to the server', () => {
    expect(toBody({ ...FIRST_OPTIONS, budgetUsd: 'ten' })).toMatchObject({ budgetUsd: 'ten' });
  });
});
