import { createStore } from '../state/store.ts';
import { dictionary, type TextKey } from './dictionary.ts';

export type Language = 'en' | 'zh';

const SLOT = 'image-studio.language';

/** The language of the page: the one chosen before, else the browser's. */
export const language = createStore<Language>(firstLanguage());

/** Changes the language, here and for the next visit. */
export function chooseLanguage(next: Language): void {
  localStorage.setItem(SLOT, next);
  document.documentElement.lang = next;
  language.set(next);
}

/** The text for `key` in the page's language, with `{name}` replaced by `values.name`. */
export function translate(key: TextKey, values: Record<string, string | number> = {}): string {
  const text = dictionary[key][language.get() === 'zh' ? 1 : 0];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

function firstLanguage(): Language {
  const chosen = localStorage.getItem(SLOT);
  const first = chosen === 'en' || chosen === 'zh' ? chosen : navigator.language.slice(0, 2);
  return first === 'zh' ? 'zh' : 'en';
}
