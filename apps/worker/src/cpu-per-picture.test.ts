import { expect, test } from '@jest/globals';
import { measureCpuPerPicture } from './cpu-per-picture.ts';

test('counts the CPU time of work over its pictures, not that of rests', () => {
  let seconds = 100;
  const cost = measureCpuPerPicture(() => seconds);
  const spend = (more: number, made: number, isWorking = true) => {
    seconds += more;
    for (let n = 0; n < made; n += 1) {
      cost.countPrepared();
      cost.countFinished();
    }
    cost.look(isWorking);
  };
  spend(5, 10);
  expect(cost.milliseconds()).toBeNull();
  spend(50, 0, false);
  spend(5, 11);
  // So long as its code is not compiled, a process says nothing of the next ones.
  expect(cost.milliseconds()).toBeNull();
  spend(4, 21);
  expect(cost.milliseconds()).toBeCloseTo(4000 / 21);
  spend(2, 21);
  expect(cost.milliseconds()).toBeCloseTo(2000 / 21);
});

test('a worker that prepares a thousand photos before its first picture is not taken for a slow one', () => {
  let seconds = 0;
  const cost = measureCpuPerPicture(() => seconds);
  for (let n = 0; n < 1000; n += 1) {
    seconds += 0.12;
    cost.countPrepared();
    cost.look(true);
  }
  expect(cost.milliseconds()).toBeCloseTo(400);
  for (let n = 0; n < 1000; n += 1) {
    seconds += 0.28;
    cost.countFinished();
    cost.look(true);
  }
  expect(cost.milliseconds()).toBeCloseTo(400);
});
