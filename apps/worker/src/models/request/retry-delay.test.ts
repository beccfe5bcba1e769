import { expect, test } from '@jest/globals';
import { resetMs, retryDelayMs, usedUpMs } from './retry-delay.ts';

const retryInfo = (retryDelay: string) => [
  { '@type': 'type.googleapis.com/google.rpc.Help' },
  { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay },
];

test.each([
  ['the sentence in seconds', 'Quota.\nPlease retry in 17.123456789s.', [], 17_124],
  ['hours, minutes and seconds', 'Please retry in 20h3m13.4s.', [], 72_193_400],
  ['milliseconds', 'Please retry in 512.5ms.', [], 513],
  ['the exact sentence rather than the floored RetryInfo', 'Please retry in 0.9s.', retryInfo('0s'), 900],
  ['RetryInfo plus the second that flooring may have cost', 'No words.', retryInfo('17s'), 18_000],
  ['a RetryInfo with its fraction as it stands', '', retryInfo('0.5s'), 500],
])('reads %s', (_, message, details, expected) => {
  expect(retryDelayMs(message, details)).toBe(expected);
});

test.each([
  ['nothing', '', []],
  ['a broken duration', '', retryInfo('soon')],
  ['foreign shapes', 'retry later', [null, 3, 'x', {}]],
])('finds no delay in %s', (_, message, details) => {
  expect(retryDelayMs(message, details as unknown[])).toBeUndefined();
});

/** Headers of an answer by the names that OpenAI's begin with. */
const limited = (told: Record<string, string>) =>
  new Headers(Object.entries(told).map(([name, value]) => [`x-ratelimit-${name}`, value]));
/** Of every allowance that is spoken of. */
const LIMITS = { limit: '60', 'limit-requests': '60', 'limit-images': '60', 'limit-tokens': '90000' };
const DATE = 'Sun, 29 Nov 2026 08:00:00 GMT';
const AT = Date.parse(DATE);

test.each([
  ['OpenAI’s durations', { 'remaining-requests': '0', 'reset-requests': '6m0s' }, 360_000],
  ['a fraction of a second', { 'remaining-images': '0', 'reset-images': '12ms' }, 12],
  ['Azure’s seconds', { 'remaining-requests': '0', 'reset-requests': '10' }, 10_000],
  [
    'the longest of several',
    { 'remaining-images': '0', 'reset-images': '1s', 'remaining-tokens': '0', 'reset-tokens': '3s' },
    3000,
  ],
  [
    'that which is used up',
    { 'remaining-images': '0', 'reset-images': '1s', 'remaining-tokens': '7', 'reset-tokens': '3s' },
    1000,
  ],
])('an answer tells that nothing is left for a while: %s', (_, told, ms) => {
  expect(usedUpMs(limited({ ...LIMITS, ...told }))).toBe(ms);
});

test.each([
  ['milliseconds', String(AT + 4000)],
  ['seconds', String(AT / 1000 + 4)],
])('a time in Unix %s is by the clock of who tells it', (_, reset) => {
  const headers = limited({ ...LIMITS, remaining: '0', reset });
  headers.set('date', DATE);
  expect(usedUpMs(headers)).toBe(4000);
});

test.each([
  ['something remains', { 'remaining-images': '42', 'reset-images': '1s' }],
  ['nothing is told of what remains', { 'reset-images': '1s' }],
  ['the limit is none', { 'limit-tokens': '0', 'remaining-tokens': '0', 'reset-tokens': '60s' }],
  ['what remains is no number', { 'remaining-images': '-1', 'reset-images': '1s' }],
  ['the time is no time', { 'remaining-images': '0', 'reset-images': 'soon' }],
  ['it is over', { remaining: '0', reset: '1764403200' }],
  ['it is longer than a day', { 'remaining-images': '0', 'reset-images': '99999h' }],
  ['it has no end', { 'remaining-images': '0', 'reset-images': '9'.repeat(400) }],
])('an answer asks nobody to wait when %s', (_, told) => {
  expect(usedUpMs(limited({ ...LIMITS, ...(told as Record<string, string>) }))).toBeUndefined();
});

test('an answer that says nothing is left of a limit that it does not tell asks nobody to wait', () => {
  expect(usedUpMs(limited({ 'remaining-images': '0', 'reset-images': '1s' }))).toBeUndefined();
});

test('a request that was turned away waits for its reset, whether it was told what remains or not', () => {
  expect(resetMs(limited({ 'reset-images': '2s' }))).toBe(2000);
  expect(resetMs(limited({ 'reset-images': '2s', 'remaining-images': '1' }))).toBeUndefined();
});
