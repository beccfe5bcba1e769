import { expect, test } from '@jest/globals';
import { findingSentence } from './finding-sentence.ts';

const asked = { least: null, most: null, formats: null };

test('a finding is said in the unit of its rule', () => {
  const said = [
    findingSentence({ ...asked, rule: 'shorterSide', least: 500 }),
    findingSentence({ ...asked, rule: 'longerSide', most: 5000 }),
    findingSentence({ ...asked, rule: 'longerSide', least: 500, most: 10_000 }),
    findingSentence({ ...asked, rule: 'bytes', most: 16_000_000 }),
    findingSentence({ ...asked, rule: 'fill', least: 0.85 }),
    findingSentence({ ...asked, rule: 'format', formats: ['jpeg', 'png'] }),
  ];
  expect(said).toEqual([
    'Shorter side less than 500 pixels',
    'Longer side more than 5000 pixels',
    'Longer side not between 500 and 10000 pixels',
    'File larger than 16.0 MB',
    'Product fills less than 85 % of the picture',
    'Type of file that is not taken; JPEG, PNG are',
  ]);
});
