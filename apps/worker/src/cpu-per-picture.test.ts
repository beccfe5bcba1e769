import { expect, test } from '@jest/globals';
import { measureCpuPerPicture } from './cpu-per-picture.ts';

test('counts the CPU time of work over its pictures, not that of rests', () => {
  let seconds = 100;
  const cost = measureCpuPerPicture(() => seconds);
  const spend = (more: number, made: number, isWorking = true) => {
    seconds += more;
    for (let n = 0; n < made; n += 1) {
      cost.countPrepared(`s${n}`);
      cost.countFinished();
    }
    cost.look(isWorking);
  };
  spend(5, 10);
  expect(cost.milliseconds()).toBeNull();
  spend(50, 0, false);
  spend(5, 10);
  // So long as its code is not compiled, a process says nothing of the next ones.
  expect(cost.milliseconds()).toBeNull();
  spend(4, 20);
  expect(cost.milliseconds()).toBeCloseTo(200);
  spend(2, 20);
  expect(cost.milliseconds()).toBeCloseTo(100);
});

test('a worker that prepares a thousand photos before its first picture is not taken for a slow one', () => {
  let seconds = 0;
  const cost = measureCpuPerPicture(() => seconds);
  for (let n = 0; n < 1000; n += 1) {
    seconds += 0.12;
    cost.countPrepared(`s${n}`);
    cost.look(true);
  }
  expect(cost.milliseconds()).toBeCloseTo(400);
  for (let n = 0; n < 1000; n += 1) {
    seconds += 0.28;
    cost.countFinished();
    cost.look(true);
  }
  // What the pictures still take.
  expect(cost.milliseconds()).toBeCloseTo(280);
});

test.each([
  ['seven pictures of one photo', 1, 7],
  ['one picture of eight photos', 8, 1],
  ['pictures that are made again', 0, 1],
])('%s cost what was used for each', (_, photos, pictures) => {
  let seconds = 0;
  const cost = measureCpuPerPicture(() => seconds);
  for (let n = 0; n < 80; n += 1) {
    seconds += 0.5 * pictures;
    for (let photo = 0; photo < photos; photo += 1) cost.countPrepared(`s${n}`);
    for (let picture = 0; picture < pictures; picture += 1) cost.countFinished();
    cost.look(true);
  }
  expect(cost.milliseconds()).toBeCloseTo(500);
});
