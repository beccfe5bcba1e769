/** The provider's daily quota begins anew at midnight in California. */
const ZONE = 'America/Los_Angeles';
const DAY_MS = 86_400_000;

const clock = new Intl.DateTimeFormat('en-CA', {
  timeZone: ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** The provider's day as `YYYY-MM-DD` at a time of Redis's clock, and how long until it ends. On the two days of a clock change, off by an hour. */
export function quotaDay(now: number): { day: string; msLeft: number } {
  const parts = Object.fromEntries(clock.formatToParts(now).map(({ type, value }) => [type, value]));
  const passed = (Number(parts.hour) * 3600 + Number(parts.minute) * 60 + Number(parts.second)) * 1000;
  return { day: `${parts.year}-${parts.month}-${parts.day}`, msLeft: Math.max(1000, DAY_MS - passed) };
}
