import { expect, test } from '@jest/globals';
import { faultsBeside } from './faults-beside.ts';

test.each([
  ['budgetUsd', 'budgetUsd'],
  ['output.width', 'output'],
  ['width', 'output'],
  ['main.prompt', 'main'],
  ['secondary.kinds[0]', 'secondary'],
  ['models[1]', 'model'],
  ['skus[3].images[0].url', 'source'],
  ['line 7, images.0.url', 'source'],
  ['JSON', 'source'],
  ['', 'source'],
] as const)('a fault at %j stands beside %s', (path, place) => {
  expect(faultsBeside([{ path, message: 'm' }], place)).toHaveLength(1);
});
