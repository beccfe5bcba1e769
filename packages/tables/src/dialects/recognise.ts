import { ALL_DIALECTS, dialectOf } from './all-dialects.ts';
import type { Dialect } from './dialect.ts';
import { fitsRule } from './known-headings.ts';
import { plainHeading } from './plain-heading.ts';

/** Whose headings these are. */
export function recognise(headings: readonly string[]): Dialect {
  const plain = [...new Set(headings.map(plainHeading))];
  const has = (...rules: (string | RegExp)[]) =>
    rules.some((rule) => plain.some((name) => name !== '' && fitsRule(rule, name)));
  return ALL_DIALECTS.find((dialect) => dialect.recognise(has)) ?? dialectOf('generic');
}
