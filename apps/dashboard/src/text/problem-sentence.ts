import type { Problem, Sentence } from '@image-studio/contract';
import { isTextKey } from './is-text-key.ts';
import { serverWords } from './server-words.ts';
import { language, translate } from './translate.ts';

/** What the API refused, in the page's language by its code. In English the server's own sentence has more in it. */
export function problemSentence({ code, detail, title }: Pick<Problem, 'code' | 'detail' | 'title'>): string {
  const key = `problem_${code}`;
  const own = isTextKey(key) ? translate(key) : null;
  return language.get() === 'en'
    ? (detail ?? own ?? title)
    : (own ?? serverWords({ message: detail ?? title }));
}

/** What is wrong with a submission, in the page's language. */
export function faultSentence(fault: {
  message: string;
  sentence?: Sentence | undefined;
  code?: string | undefined;
}): string {
  const { message, sentence, code } = fault;
  return code === undefined || sentence
    ? serverWords(fault)
    : problemSentence({ code, detail: message, title: message });
}
