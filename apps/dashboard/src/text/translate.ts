import { createStore } from '../state/store.ts';
import type { TextKey } from './english.ts';
import { messages } from './messages.ts';
import { learnServerWords } from './server-words.ts';

export type Language = 'en' | 'zh';

/** What stands in the braces of a message. A plural and a `number` need numbers, which are then written as the language has them. */
export type TextValues = Readonly<Record<string, string | number>>;

const SLOT = 'image-studio.language';

/** The language of the page. English until `chooseLanguage` has loaded another one. */
export const language = createStore<Language>('en');

/** Changes the language, here and for the next visit. Rejects when its texts cannot be loaded. */
export async function chooseLanguage(next: Language): Promise<void> {
  const texts = next === 'zh' ? await import('./chinese.ts') : null;
  if (texts) messages.load('zh', texts.chinese);
  learnServerWords(texts?.serverChinese ?? null);
  messages.activate(next);
  localStorage.setItem(SLOT, next);
  document.documentElement.lang = next;
  language.set(next);
}

/** The text for `key` in the page's language, with its values filled in. */
export function translate(key: TextKey, values?: TextValues): string {
  return messages._(key, values);
}

/** The language chosen before, else the browser's. */
export function preferredLanguage(): Language {
  const chosen = localStorage.getItem(SLOT);
  const first = chosen === 'en' || chosen === 'zh' ? chosen : navigator.language.slice(0, 2);
  return first === 'zh' ? 'zh' : 'en';
}
