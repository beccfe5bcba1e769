import type { SkuInput } from '@image-studio/contract';
import { attributeOf } from './attribute-of.ts';

/** What tables call the colour and the price of a product. */
const COLOUR = ['colour', 'color', '颜色', '色', 'farbe', 'couleur'];
const PRICE = ['price', 'sale price', 'list price', '价格', '售价', 'preis', 'prix'];
/** A picture of a dear product that is wrong costs most: the dearest quarter counts as so many. */
const WEIGHT_OF_DEAR = 2;

/**
 * Places of the SKUs that are made first, ascending: `size` of them, the same for the same SKUs; `null` where that would be all.
 *
 * One after the other is taken that adds most of what has not been seen: category, colour, number of photos, how long its texts
 * are, and price. A value that many SKUs have is wanted more often than a rare one, but only with the root of its share: a prompt
 * fails at the odd ones. How large its photos are is not known before they are fetched.
 */
export function chooseSample(skus: readonly SkuInput[], size: number): number[] | null {
  const sampler = createSampler(size);
  for (const sku of skus) sampler.add(sku);
  return sampler.choose();
}

/** Chooses a sample of SKUs that come bit by bit; of each SKU it keeps some numbers only. */
export interface Sampler {
  add(sku: SkuInput): void;
  choose(): number[] | null;
}

export function createSampler(size: number): Sampler {
  const seen: SeenSku[] = [];
  const numbers = new Map<string, number>();
  return {
    add(sku) {
      const price = amountOf(firstOf(sku.attributes ?? {}, PRICE));
      seen.push({ traits: traitsOf(sku).map((trait) => numberOf(numbers, trait)), price });
    },
    choose: () => (size >= seen.length ? null : choose(seen, numbers, size)),
  };
}

/** Traits by their numbers. */
interface SeenSku {
  traits: number[];
  price: number | null;
}

function numberOf(numbers: Map<string, number>, trait: string): number {
  const number = numbers.get(trait) ?? numbers.size;
  numbers.set(trait, number);
  return number;
}

function choose(seen: readonly SeenSku[], numbers: Map<string, number>, size: number): number[] {
  const { groups, shares } = groupAlike(seen, numbers);
  // What one more SKU with a trait adds, by the trait's number.
  const worth = [...shares];
  const taken = shares.map(() => 0);
  const chosen: number[] = [];
  while (chosen.length < size) {
    const best = bestOf(groups, worth);
    const [place = 0] = best.places.splice(0, 1);
    if (best.places.length === 0) groups.splice(groups.indexOf(best), 1);
    chosen.push(place);
    for (const trait of best.traits) {
      const times = (taken[trait] ?? 0) + 1;
      taken[trait] = times;
      worth[trait] = (shares[trait] ?? 0) / (2 * times + 1);
    }
  }
  return chosen.sort((a, b) => a - b);
}

/** SKUs that have all traits in common. */
interface Group {
  traits: number[];
  isDear: boolean;
  places: number[];
}

/** `shares`: by the number of a trait, the root of the share of SKUs that have it. */
function groupAlike(
  seen: readonly SeenSku[],
  numbers: Map<string, number>,
): { groups: Group[]; shares: number[] } {
  const bounds = quarters(seen.flatMap(({ price }) => price ?? []));
  const counts: number[] = [];
  const groups = new Map<string, Group>();
  seen.forEach((sku, place) => {
    const { price } = sku;
    const rank = price === null ? 'none' : bounds.filter((bound) => price > bound).length;
    const traits = [...sku.traits, numberOf(numbers, `price ${rank}`)];
    for (const trait of traits) counts[trait] = (counts[trait] ?? 0) + 1;
    const key = traits.join();
    const group = groups.get(key);
    if (group) group.places.push(place);
    else groups.set(key, { traits, isDear: rank === 3, places: [place] });
  });
  return { groups: [...groups.values()], shares: counts.map((count) => Math.sqrt(count / seen.length)) };
}

function traitsOf({ attributes = {}, images }: SkuInput): string[] {
  return [
    `category ${attributeOf(attributes, 'category').toLowerCase()}`,
    `colour ${firstOf(attributes, COLOUR).toLowerCase()}`,
    `photos ${Math.min(4, images.length)}`,
    `words ${lengthClass(attributes)}`,
  ];
}

/** The first one of those that add most; `groups` is not empty. */
function bestOf(groups: readonly Group[], worth: readonly number[]): Group {
  let best = { group: groups[0] as Group, gain: -1 };
  for (const group of groups) {
    let gain = 0;
    for (const trait of group.traits) gain += worth[trait] ?? 0;
    if (group.isDear) gain *= Math.sqrt(WEIGHT_OF_DEAR);
    if (gain > best.gain) best = { group, gain };
  }
  return best.group;
}

function firstOf(attributes: Record<string, string>, names: readonly string[]): string {
  for (const name of names) {
    const value = attributeOf(attributes, name);
    if (value !== '') return value;
  }
  return '';
}

/** The first number of `EUR 1,299.00`, `19,90 €` or `1299`; `null` without one. */
function amountOf(text: string): number | null {
  const [digits] = /\d[\d.,]*/.exec(text) ?? [];
  if (digits === undefined) return null;
  // The sign before the last two digits is a decimal sign; all other signs part thousands.
  const [, whole = '', cents = '0'] = /^(.*?)(?:[.,](\d{1,2}))?$/.exec(digits) ?? [];
  return Number(`${whole.replace(/[.,]/g, '')}.${cents}`);
}

function quarters(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return [0.25, 0.5, 0.75].map((part) => sorted[Math.floor(part * (sorted.length - 1))] ?? 0);
}

/** Texts together: none, a title, a paragraph, a whole description. */
function lengthClass(attributes: Record<string, string>): number {
  const characters = Object.values(attributes).reduce((sum, value) => sum + value.length, 0);
  return [1, 100, 500].filter((least) => characters >= least).length;
}
