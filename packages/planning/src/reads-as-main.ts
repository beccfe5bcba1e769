/** Words that name the main picture, standing alone between separators, digits or camel-case humps. */
const MAIN_WORDS = new Set(['main', 'hero', 'primary']);

/** Chinese words for a main photo. Chinese has no separators, and none of these is part of an unrelated word. */
const MAIN_PHRASE = /(?<!非)(主图|主圖|主照|首图|首圖)/u;

/** `主` on its own; beside another character it is `主机` (a computer), `主板` (a board), … */
const LONE_MAIN = /(?<!\p{Script=Han})主(?!\p{Script=Han})/u;

/** The last number of a series is 1: `_1`, `-01`, ` 1`, ` (1)`, or nothing but `1`. Not `_10`, `_21`, `v1.1`. */
const FIRST_OF_SERIES = /(?:^|[\s_\-(（])0*1[)）]?$/u;

/** Whether a file's stem says that it is the main picture of its SKU. */
export function readsAsMain(stem: string): boolean {
  // NFKC turns full-width digits and letters, common in Chinese file names, into plain ones.
  const text = stem.normalize('NFKC').trim();
  return hasMainWord(text) || MAIN_PHRASE.test(text) || LONE_MAIN.test(text) || FIRST_OF_SERIES.test(text);
}

function hasMainWord(text: string): boolean {
  const words = text
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .match(/[a-z]+/g);
  return (words ?? []).some(
    (word, index, all) => MAIN_WORDS.has(word) && !['non', 'not'].includes(all[index - 1] ?? ''),
  );
}
