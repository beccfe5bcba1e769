import { describe, expect, test } from '@jest/globals';
import { type FocusPlace, ownsFocus } from './focus-owner.ts';

/** Who owns the focus after it went this way. */
const after = (...way: FocusPlace[]): boolean => way.reduce(ownsFocus, false);

describe('the area around the grid', () => {
  test.each([
    ['is given back what it lost', ['beside', 'area'], true],
    ['has lent it to a dialog of another part, which closes', ['area', 'dialog', 'dialog'], true],
    ['takes nothing from a dialog of another part that was opened there', ['beside', 'dialog'], false],
    ['takes nothing from whoever turned to another part', ['area', 'beside'], false],
    ['takes nothing from whoever clicked on nothing', ['area', 'off'], false],
    ['takes nothing when nobody has been there', [], false],
  ] satisfies [string, FocusPlace[], boolean][])('%s', (_, way, owns) => {
    expect(after(...way)).toBe(owns);
  });
});
