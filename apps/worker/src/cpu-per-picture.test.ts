import { expect, test } from '@jest/globals';
import { measureCpuPerPicture } from './cpu-per-picture.ts';

test('counts the CPU time of work over its pictures, not that of rests', () => {
  let seconds = 100;
  const cost = measureCpuPerPicture(() => seconds);
  const spend = (more: number, made: number, isWorking = true) => {
    seconds += more;
    for (let n = 0; n < made; n += 1) cost.count();
    cost.look(isWorking);
  };
  spend(5, 10);
  expect(cost.milliseconds()).toBeNull();
  spend(50, 0, false);
  spend(5, 10);
  expect(cost.milliseconds()).toBe(500);
  spend(4, 20);
  expect(cost.milliseconds()).toBe(200);
});
