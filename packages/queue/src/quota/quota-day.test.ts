import { describe, expect, test } from '@jest/globals';
import { quotaDay } from './quota-day.ts';

const HOUR = 3_600_000;
const at = (iso: string) => quotaDay(Date.parse(iso));

describe('quotaDay', () => {
  test.each([
    ['2026-01-15T07:59:59Z', '2026-01-14', 1000],
    ['2026-01-15T08:00:00Z', '2026-01-15', 24 * HOUR],
    ['2026-01-15T20:00:00Z', '2026-01-15', 12 * HOUR],
    ['2026-07-15T06:59:59Z', '2026-07-14', 1000],
    ['2026-07-15T07:00:00Z', '2026-07-15', 24 * HOUR],
    ['2026-12-31T20:00:00Z', '2026-12-31', 12 * HOUR],
    ['2027-01-01T08:00:00Z', '2027-01-01', 24 * HOUR],
    ['2028-02-29T20:00:00Z', '2028-02-29', 12 * HOUR],
  ])('at %s is %s in California, with %d ms left', (iso, day, msLeft) => {
    expect(at(iso)).toEqual({ day, msLeft });
  });

  test.each([
    // Clocks go forward: a day of 23 hours.
    ['2026-03-08T08:00:00Z', '2026-03-08', '2026-03-09T07:00:00Z'],
    ['2026-03-08T09:59:59Z', '2026-03-08', '2026-03-09T07:00:00Z'],
    ['2026-03-08T10:00:00Z', '2026-03-08', '2026-03-09T07:00:00Z'],
    ['2026-03-09T06:59:59Z', '2026-03-08', '2026-03-09T07:00:00Z'],
    // Clocks go back: a day of 25 hours, one o'clock comes twice.
    ['2026-11-01T07:00:00Z', '2026-11-01', '2026-11-02T08:00:00Z'],
    ['2026-11-01T08:30:00Z', '2026-11-01', '2026-11-02T08:00:00Z'],
    ['2026-11-01T09:30:00Z', '2026-11-01', '2026-11-02T08:00:00Z'],
    ['2026-11-02T07:59:59Z', '2026-11-01', '2026-11-02T08:00:00Z'],
  ])('at %s, when the clocks change, is %s and at most an hour off its end', (iso, day, end) => {
    const { day: found, msLeft } = at(iso);
    expect(found).toBe(day);
    expect(Math.abs(Date.parse(iso) + msLeft - Date.parse(end))).toBeLessThanOrEqual(HOUR);
  });

  test('always has some time left, and changes its day only at midnight, all through a year', () => {
    const start = Date.UTC(2026, 0, 1, 8);
    let previous = '2026-01-01';
    let changes = 0;
    for (let now = start; now < start + 365 * 24 * HOUR; now += HOUR / 2) {
      const { day, msLeft } = quotaDay(now);
      if (!(msLeft >= 1000 && msLeft <= 24 * HOUR)) throw new Error(`${msLeft} ms left at ${now}`);
      if (day !== previous) {
        expect(msLeft).toBe(24 * HOUR);
        changes += 1;
      }
      previous = day;
    }
    expect(changes).toBe(364);
    expect(quotaDay(start - 1).msLeft).toBe(1000);
  });
});
