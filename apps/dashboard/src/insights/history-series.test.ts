import { expect, test } from '@jest/globals';
import { historySeries } from './history-series.ts';

const bucket = (at: string, done: number, failed = 0) => ({
  ...{ at: `2026-11-22T10:${at}.000Z`, seconds: 10, done, failed },
  ...{ images: done, calls: done, callsFailed: 0 },
});
const START = Date.parse('2026-11-22T10:00:00.000Z') / 1_000;

test('tells what happened as a pace per minute', () => {
  expect(historySeries([bucket('00:00', 2, 1), bucket('00:10', 5)])).toEqual({
    atSeconds: [START, START + 10],
    donePerMinute: [12, 30],
    failedPerMinute: [6, 0],
  });
});

test('draws a pause as a line at zero', () => {
  const { atSeconds, donePerMinute } = historySeries([bucket('00:00', 2), bucket('01:00', 2)]);
  expect(atSeconds).toEqual([START, START + 10, START + 50, START + 60]);
  expect(donePerMinute).toEqual([12, 0, 0, 12]);
});

test('one missing bucket is one zero', () => {
  const { atSeconds } = historySeries([bucket('00:00', 2), bucket('00:20', 2)]);
  expect(atSeconds).toEqual([START, START + 10, START + 20]);
});
