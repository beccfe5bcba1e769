import { z } from 'zod';

/** Longer values are cut: a server's own words belong in a message, and this is one part of one. */
const MAX_VALUE_CHARS = 500;

/** What stands in a place of a sentence: a figure, a name, or another sentence. */
type SentenceValue = string | number | Sentence;

/**
 * A sentence as its words, with `{0}`, `{1}` … where the values of this case stand, so that a client can show it in another
 * language. The words are its name: another wording is another sentence.
 */
export interface Sentence {
  text: string;
  values: SentenceValue[];
}

export const Sentence: z.ZodType<Sentence> = z
  .object({
    text: z.string().max(400),
    get values(): z.ZodType<SentenceValue[]> {
      return z.array(z.union([z.string().max(MAX_VALUE_CHARS), z.number(), Sentence])).max(10);
    },
  })
  .meta({ id: 'Sentence' });

/** A message in English, and the same as a sentence. */
export interface Said {
  message: string;
  sentence: Sentence;
}

/**
 * What the server says to people: ``say`${host} answered ${status}` ``. Between its braces stand no braces and no further text in back
 * quotes, so that all sentences can be found in the code: `server-sentences.test.ts` of the dashboard holds each of them to a Chinese one.
 */
export function say(words: TemplateStringsArray, ...values: (string | number | Said)[]): Said {
  const text = words.map((part, place) => (place === 0 ? part : `{${place - 1}}${part}`)).join('');
  const message = words
    .map((part, place) => (place === 0 ? part : `${spoken(values[place - 1])}${part}`))
    .join('');
  return { message, sentence: { text, values: values.map(inSentence) } };
}

function spoken(value: string | number | Said | undefined): string {
  return typeof value === 'object' ? value.message : String(value);
}

function inSentence(value: string | number | Said): SentenceValue {
  if (typeof value === 'object') return value.sentence;
  return typeof value === 'string' ? value.slice(0, MAX_VALUE_CHARS) : value;
}
