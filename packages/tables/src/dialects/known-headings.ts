import { ALL_DIALECTS } from './all-dialects.ts';
import type { HeadingRule } from './dialect.ts';
import { generic } from './generic.ts';
import { plainHeading } from './plain-heading.ts';

const rulesOf = (...uses: string[]): HeadingRule[] =>
  ALL_DIALECTS.flatMap(({ columns }) => uses.flatMap((use) => columns[use] ?? []));

const CODES = splitRules(rulesOf('code', 'handle'));
const PHOTOS = splitRules([...rulesOf('main', 'images', 'own'), ...(generic.columns.page ?? [])]);
const OTHERS = splitRules(
  rulesOf('title', 'position', 'type', 'item', 'status', 'parentage', 'imageName', 'details'),
);

/** A cell that is plainly a heading somewhere: of a code, a photo, a title, a shop's own column. */
export function isKnownHeading(cell: string): boolean {
  return isCodeHeading(cell) || isPhotoHeading(cell) || fits(OTHERS, plainHeading(cell));
}

export const isCodeHeading = (cell: string): boolean => fits(CODES, plainHeading(cell));
export const isPhotoHeading = (cell: string): boolean => fits(PHOTOS, plainHeading(cell));

/** Whether a plain heading is what a rule asks for. */
export function fitsRule(rule: HeadingRule, plain: string): boolean {
  return typeof rule === 'string' ? rule === plain : rule.test(plain);
}

interface Rules {
  names: ReadonlySet<string>;
  patterns: readonly RegExp[];
}

function splitRules(rules: readonly HeadingRule[]): Rules {
  return {
    names: new Set(rules.filter((rule) => typeof rule === 'string')),
    patterns: rules.filter((rule) => rule instanceof RegExp),
  };
}

function fits({ names, patterns }: Rules, plain: string): boolean {
  return plain !== '' && (names.has(plain) || patterns.some((pattern) => pattern.test(plain)));
}
