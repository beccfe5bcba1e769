import { createStore } from '../state/store.ts';

export type Theme = 'system' | 'light' | 'dark';

const SLOT = 'image-studio.theme';
const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** Light, dark, or as the system has it. */
export const theme = createStore<Theme>(firstTheme());

const NIGHT = matchMedia('(prefers-color-scheme: dark)');

/** What the page shows: for what is drawn in colours that no style sheet changes. Follows the system when the theme does. */
export const scheme = createStore<'light' | 'dark'>(schemeOf(theme.get()));
NIGHT.addEventListener('change', () => scheme.set(schemeOf(theme.get())));

/** Changes the theme, here and for the next visit. */
export function chooseTheme(next: Theme): void {
  localStorage.setItem(SLOT, next);
  applyTheme(next);
  theme.set(next);
  scheme.set(schemeOf(next));
}

/** The one after: the button goes round. */
export function nextTheme(current: Theme): Theme {
  return THEMES[(THEMES.indexOf(current) + 1) % THEMES.length] ?? 'system';
}

/** Tells the style sheet, whose colours all follow `color-scheme`. */
export function applyTheme(chosen: Theme): void {
  document.documentElement.style.colorScheme = chosen === 'system' ? 'light dark' : chosen;
}

function schemeOf(chosen: Theme): 'light' | 'dark' {
  if (chosen !== 'system') return chosen;
  return NIGHT.matches ? 'dark' : 'light';
}

function firstTheme(): Theme {
  const chosen = localStorage.getItem(SLOT);
  return THEMES.find((one) => one === chosen) ?? 'system';
}
