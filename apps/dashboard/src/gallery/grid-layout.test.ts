import { describe, expect, test } from '@jest/globals';
import { gridLayout, rowsInView } from './grid-layout.ts';

describe('gridLayout', () => {
  test.each([
    [362, 'results', 2],
    [332, 'results', 2],
    [1192, 'results', 6],
    [362, 'pairs', 1],
    [1192, 'pairs', 4],
  ] as const)('%i px of %s are %i columns', (width, kind, columns) => {
    expect(gridLayout(width, kind).columns).toBe(columns);
  });

  test('a row is as high as its pictures and their text, and the gap', () => {
    expect(gridLayout(172, 'results')).toEqual({ columns: 2, cardHeightPx: 142, rowHeightPx: 154 });
  });
});

describe('rowsInView', () => {
  const layout = { columns: 4, cardHeightPx: 188, rowHeightPx: 200 };

  test('draws the rows on the screen and three more on either side', () => {
    expect(rowsInView(layout, 10_000, -2_000, 800)).toEqual({ first: 7, last: 17 });
  });

  test('draws the beginning of a grid that starts below the screen', () => {
    expect(rowsInView(layout, 10_000, 900, 800)).toEqual({ first: 0, last: 2 });
  });

  test('ends where the cards end', () => {
    expect(rowsInView(layout, 9, -100, 5_000)).toEqual({ first: 0, last: 2 });
    expect(rowsInView(layout, 0, 0, 800)).toEqual({ first: 0, last: 0 });
  });
});
