import { attributeOf } from './attribute-of.ts';

/** More say nothing more of what a product is. */
const MOST_WORDS = 12;
const LONGEST_WORD = 24;

/** Words that tell variants of one product apart: they do not name the product. */
const VARIANT =
  /^(?:x{0,4}[sl]|m|\d+x?l|small|medium|large|\d[\d.,/x×-]*(?:cm|mm|ml|l|kg|g|in|oz|inch|pack|pcs)?)$/u;
const VARIANT_ATTRIBUTES = ['color', 'colour', 'size', 'farbe', 'größe', '颜色', '尺码'];

/**
 * The words of a SKU's title that name the product, lower case, each once, in order: without sizes, numbers, and the
 * values of its colour and size. Chinese and Japanese titles are taken character by character. Empty without a title.
 */
export function productWords(attributes: Record<string, string> = {}): string[] {
  const variants = new Set(VARIANT_ATTRIBUTES.flatMap((name) => wordsOf(attributeOf(attributes, name))));
  const words = wordsOf(attributeOf(attributes, 'title'));
  const naming = words.filter((word) => !VARIANT.test(word) && !variants.has(word));
  return [...new Set(naming.length > 0 ? naming : words)].slice(0, MOST_WORDS);
}

function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .match(/\p{Script=Han}|\p{Script=Hiragana}+|\p{Script=Katakana}+|[\p{L}\p{N}.,/×]+/gu) ?? []
  )
    .map((word) => word.replace(/^[.,/×]+|[.,/×]+$/g, '').slice(0, LONGEST_WORD))
    .filter((word) => word !== '');
}
