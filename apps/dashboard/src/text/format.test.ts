import { expect, test } from '@jest/globals';
import { formatBytes, formatEta, formatMs, formatSeconds, formatUsd } from './format.ts';
import { language } from './translate.ts';

test.each([
  [formatUsd(0), '$0.00'],
  [formatUsd(0.039), '$0.0390'],
  [formatUsd(12.345), '$12.35'],
  [formatBytes(999), '999 B'],
  [formatBytes(81_500), '82 kB'],
  [formatBytes(1_234_567), '1.2 MB'],
  [formatMs(420), '420 ms'],
  [formatMs(8_240), '8.2 s'],
  [formatMs(200_000), '3 min'],
  [formatSeconds(0.2), '1 s'],
  [formatSeconds(59.6), '60 s'],
  [formatSeconds(3_600), '1 h'],
  [formatSeconds(7_800), '2 h 10 min'],
  [formatEta({ lowSeconds: 170, highSeconds: 310 }), '3 min – 5 min'],
  [formatEta({ lowSeconds: 170, highSeconds: 190 }), '3 min'],
])('writes %j as %j', (written, expected) => {
  expect(written).toBe(expected);
});

test('writes times in the language of the page', () => {
  language.set('zh');
  try {
    expect([formatMs(420), formatMs(8_240), formatSeconds(7_800)]).toEqual([
      '420 毫秒',
      '8.2 秒',
      '2 小时 10 分钟',
    ]);
  } finally {
    language.set('en');
  }
});
