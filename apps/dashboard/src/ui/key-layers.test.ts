import { expect, test } from '@jest/globals';
import { topmost } from './key-layers.ts';

const layer = (name: string, level: number, open = true) => ({ name, level, isOpen: () => open });

test('a key is for the highest of what is open, and of two boxes for the later one', () => {
  const layers = [layer('screen', 1), layer('box', 2), layer('page', 0), layer('second box', 2)];
  expect(topmost(layers)?.name).toBe('second box');
  expect(topmost([])).toBeUndefined();
});

test('a key that is pressed between the closing of a dialog and its going is for what stands below', () => {
  expect(topmost([layer('page', 0), layer('screen', 1), layer('box', 2, false)])?.name).toBe('screen');
  expect(topmost([layer('page', 0), layer('screen', 1, false)])?.name).toBe('page');
});
