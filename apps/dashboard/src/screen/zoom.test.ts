import { expect, test } from '@jest/globals';
import { movedBy, WHOLE, type Zoom, zoomAt } from './zoom.ts';

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
