import { describe, expect, test } from '@jest/globals';
import { changeOf, draftOfOptions } from './change-draft.ts';

const before = draftOfOptions({
  main: { extraPrompt: 'On grey.' },
  secondary: { kinds: ['detail'], extraPrompt: 'On grey.' },
  profile: 'amazon',
});

describe('a change of a sample', () => {
  test('holds what is another now', () => {
    expect(changeOf(before, before)).toEqual({});
    expect(changeOf(before, { ...before, mainPrompt: ' A mug. ', model: 'b' })).toEqual({
      main: { prompt: 'A mug.' },
      model: 'b',
    });
  });

  test('takes words that were emptied back, for all pictures that have them', () => {
    expect(changeOf(before, { ...before, extraPrompt: '' })).toEqual({
      main: { extraPrompt: null },
      secondary: { extraPrompt: null },
    });
  });

  test('leaves out pictures that the batch does not make, and a profile of its own', () => {
    const plain = draftOfOptions({ main: true, secondary: false, profile: { width: 1 } });
    expect(plain).toEqual({ extraPrompt: '', mainPrompt: '', profile: '', model: '' });
    expect(changeOf(plain, { ...plain, extraPrompt: 'x' })).toEqual({ main: { extraPrompt: 'x' } });
  });
});
