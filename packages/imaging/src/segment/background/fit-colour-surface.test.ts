import { describe, expect, test } from '@jest/globals';
import { fitColourSurface } from './fit-colour-surface.ts';

const [WIDTH, HEIGHT] = [40, 30];

describe('a colour surface', () => {
  test('follows light that falls off, and is not bent by what differs on a third of the samples', () => {
    const light = (x: number, y: number) => 240 - 0.03 * (x - 12) ** 2 - 0.05 * (y - 20) ** 2 - 0.02 * x * y;
    const rgb = drawn((x, y) => (x < WIDTH / 3 && y < HEIGHT - 4 ? 20 : light(x, y)));
    const surface = fitColourSurface(rgb, WIDTH, HEIGHT, everyPixel()).paint();
    for (let pixel = 0; pixel < WIDTH * HEIGHT; pixel++) {
      const expected = light(pixel % WIDTH, Math.floor(pixel / WIDTH));
      expect(Math.abs((surface[3 * pixel] ?? 0) - expected)).toBeLessThan(1.5);
    }
  });

  test('is one colour where its samples are, whatever their number', () => {
    const rgb = drawn(() => 97);
    for (const samples of [[5], [5, 9], [0, 1, 2, 3, 41], everyPixel()]) {
      expect(new Set(fitColourSurface(rgb, WIDTH, HEIGHT, samples).paint().slice(15, 18))).toEqual(
        new Set([97]),
      );
    }
  });
});

function drawn(level: (x: number, y: number) => number): Uint8Array {
  return Uint8Array.from({ length: 3 * WIDTH * HEIGHT }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return Math.round(level(pixel % WIDTH, Math.floor(pixel / WIDTH)));
  });
}

function everyPixel(): number[] {
  return Array.from({ length: WIDTH * HEIGHT }, (_, pixel) => pixel);
}
