import type { Sentence } from '@image-studio/contract';

type Said = { message: string; sentence?: Sentence | undefined };

/** The server's sentences, and words that stand in them, in the page's language; `null` where that is the server's own. */
let dictionary: ReadonlyMap<string, string> | null = null;
let patterns: [pattern: RegExp, translation: string][] = [];

/** Takes the sentences of another language; `null` for English. */
export function learnServerWords(sentences: Readonly<Record<string, string>> | null): void {
  dictionary = sentences && new Map(Object.entries(sentences));
  patterns = [...(dictionary ?? [])]
    .filter(([text]) => text.includes('{0}') && lettersOf(text).length >= LEAST_LETTERS)
    .sort(([a], [b]) => lettersOf(b).length - lettersOf(a).length)
    .map(([text, translation]) => [patternOf(text), translation]);
}

/** What the server said, in the page's language; in its own where there is no translation. */
export function serverWords({ message, sentence }: Said): string {
  if (dictionary === null) return message;
  return (sentence && inWords(sentence)) ?? phrase(message) ?? message;
}

/** Where in a submission something is: `line 3`, `lines 3, 4, …`, or the path of a field as it is. */
export function serverPlace(path: string): string {
  if (dictionary === null) return path;
  const lines = /^lines? ([\d, …]+)$/.exec(path)?.[1];
  return lines === undefined ? (dictionary.get(path) ?? path) : `第 ${lines} 行`;
}

function inWords({ text, values }: Sentence): string | undefined {
  const translation = dictionary?.get(text);
  if (translation === undefined) return undefined;
  return filled(
    translation,
    values.map((value) => {
      if (typeof value === 'object') return inWords(value) ?? filled(value.text, value.values.map(String));
      return typeof value === 'string' ? (phrase(value) ?? value) : String(value);
    }),
  );
}

/** Fewer letters than these say nothing about which sentence it is. */
const LEAST_LETTERS = 8;
const lettersOf = (text: string): string => text.replace(/\{\d+\}|[^a-z]/gi, '');

/** Words without a sentence: measurements of checks, what records of earlier versions say. */
function phrase(words: string): string | undefined {
  const known = dictionary?.get(words);
  if (known !== undefined) return known;
  for (const [pattern, translation] of patterns) {
    const values = pattern.exec(words)?.slice(1);
    if (values)
      return filled(
        translation,
        values.map((value) => phrase(value) ?? value),
      );
  }
  return undefined;
}

function patternOf(text: string): RegExp {
  const parts = text.split(/\{\d+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('(.*)')}$`, 's');
}

function filled(text: string, values: readonly string[]): string {
  return text.replace(/\{(\d+)\}/g, (_, place) => values[Number(place)] ?? '');
}
