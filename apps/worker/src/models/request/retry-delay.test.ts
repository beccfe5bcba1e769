import { expect, test } from '@jest/globals';
import { retryDelayMs } from './retry-delay.ts';

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
