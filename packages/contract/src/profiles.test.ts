import { describe, expect, test } from '@jest/globals';
import { demandKey } from './demand.ts';
import { Profile } from './profile.ts';
import { findProfile, PROFILES } from './profiles.ts';

describe('the marketplace profiles', () => {
  test('cover the marketplaces that the contract names', () => {
    expect(PROFILES.map((profile) => profile.id).sort()).toEqual(
      [
        ...['allegro', 'amazon', 'ebay', 'etsy', 'google-merchant', 'shopify'],
        ...['taobao', 'temu', 'tiktok-shop', 'walmart', 'web', 'zalando'],
      ].sort(),
    );
  });

  test.each(PROFILES.map((profile) => [profile.id, profile] as const))(
    '%s is complete and consistent',
    (_id, profile) => {
      expect(Profile.parse(profile)).toEqual(profile);
      expect(profile.fill.min).toBeLessThanOrEqual(profile.fill.target);
      expect(profile.fill.target).toBeLessThanOrEqual(profile.fill.max);
      expect(profile.sources.length).toBeGreaterThan(0);
      const rules = profile.sources.map(({ rule }) => rule).join('; ');
      for (const format of profile.accepts?.formats ?? []) expect(rules.toLowerCase()).toContain(format);
      for (const source of profile.sources) expect(source.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    },
  );

  test.each(PROFILES.map((profile) => [profile.id, profile] as const))(
    '%s says of each of its numbers where it is from',
    (_id, profile) => {
      const { id, title, notes, sources, demands, ...numbers } = profile;
      const names = leavesOf(numbers);
      const told = sources.flatMap(({ fields }) => fields);
      const isTold = (name: string) => told.some((field) => name === field || name.startsWith(`${field}.`));
      expect(names.filter((name) => !isTold(name))).toEqual([]);
      expect(told.filter((field) => !names.some((name) => `${name}.`.startsWith(`${field}.`)))).toEqual([]);
    },
  );

  test.each(PROFILES.flatMap(({ id, demands = [] }) => (demands.length > 0 ? [[id, demands] as const] : [])))(
    '%s names its demands apart, each with a bound that its rule knows',
    (_id, demands) => {
      const keys = demands.map(demandKey);
      expect(new Set(keys).size).toBe(keys.length);
      for (const { rule, least, most, formats } of demands) {
        const isBounded = least !== undefined || most !== undefined || formats !== undefined;
        const isNumber = !['still', 'colourSpace', 'background', 'text', 'frame', 'placeholder'].includes(
          rule,
        );
        expect([rule, isBounded]).toEqual([rule, isNumber]);
      }
    },
  );

  test('name for each rule an address where it can be read, or say in words that there is none', () => {
    const named = PROFILES.flatMap(({ sources, demands = [] }) => [...sources, ...demands]);
    const unsaid = /Image Studio|without an account/;
    const lost = named.filter(({ source }) => !/[\w-]\.[a-z]{2,}\/\S/.test(source) && !unsaid.test(source));
    expect(lost.map(({ source }) => source)).toEqual([]);
  });

  test('ask Google pictures for 500 pixels from 2027-01-31 on, and for 100 until then', () => {
    const sizes = findProfile('google-merchant')?.demands?.filter(
      ({ rule, level }) => rule === 'shorterSide' && level === undefined,
    );
    expect(sizes).toMatchObject([
      { least: 100, until: '2027-01-31' },
      { least: 500, from: '2027-01-31' },
    ]);
  });

  test('never let an eBay picture be more than 12,000 pixels wide and high together', () => {
    const { maxSide = 0, maxPixels = 0 } = findProfile('ebay')?.accepts ?? {};
    expect(maxSide + Math.min(maxSide, maxPixels / maxSide)).toBeLessThanOrEqual(12_000);
  });

  test('never give Amazon a WebP, which it does not accept', () => {
    expect(findProfile('amazon')?.format).toBe('jpeg');
  });

  test('answer undefined for a marketplace nobody described', () => {
    expect(findProfile('nowhere')).toBeUndefined();
  });
});

/** `fill.min` and the like; a colour or a list is one. */
function leavesOf(numbers: object): string[] {
  return Object.entries(numbers).flatMap(([name, value]) =>
    name === 'fill' || (name === 'accepts' && value !== null)
      ? Object.keys(value).map((leaf) => `${name}.${leaf}`)
      : value === null
        ? []
        : [name],
  );
}
