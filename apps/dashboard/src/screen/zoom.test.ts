import { expect, test } from '@jest/globals';
import { movedBy, scaledTo, WHOLE, type Zoom, zoomAt } from './zoom.ts';

/** Where a point of the picture is seen. */
const seen = ({ scale, x }: Zoom, share: number): number => x + share * scale;

test('what is under the pointer stays under it', () => {
  const close = zoomAt(WHOLE, 4, 0.3, 0.8);
  expect(close.scale).toBe(4);
  expect(seen(close, 0.3)).toBeCloseTo(0.3);
  expect(zoomAt(close, 0.01, 0.9, 0.1)).toEqual(WHOLE);
});

test('the pane stays covered, however far one drags', () => {
  const close = zoomAt(WHOLE, 2, 0.5, 0.5);
  expect(movedBy(close, 9, -9)).toEqual({ scale: 2, x: 0, y: -1 });
  expect(movedBy(WHOLE, 0.4, 0.4)).toEqual(WHOLE);
});

test('what is smaller than its pane stands in the middle, and grows from there', () => {
  const small = scaledTo(WHOLE, 0.5, 0.1, 0.9);
  expect(small).toEqual({ scale: 0.5, x: 0.25, y: 0.25 });
  expect(zoomAt(small, 0.1, 0.5, 0.5)).toEqual(small);
  expect(zoomAt(small, 4, 0.5, 0.5)).toEqual({ scale: 2, x: -0.5, y: -0.5 });
});

test('the loupe over a picture many times as large as its pane goes as far as it has to', () => {
  const close = scaledTo(WHOLE, 30, 0.5, 0.5);
  expect(close.scale).toBe(30);
  expect(zoomAt(close, 1.4, 0.5, 0.5)).toEqual(close);
});
