import type { Problem } from '@image-studio/contract';
import { isTextKey } from './is-text-key.ts';
import { serverWords } from './server-words.ts';
import { language, translate } from './translate.ts';

/** What the API refused, in the page's language by its code. In English the server's own sentence has more in it. */
export function problemSentence({ code, detail, title }: Problem): string {
  const key = `problem_${code}`;
  const own = isTextKey(key) ? translate(key) : null;
  return language.get() === 'en'
    ? (detail ?? own ?? title)
    : (own ?? serverWords({ message: detail ?? title }));
}
