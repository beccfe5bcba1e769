import type { TextKey } from '../text/english.ts';
import { translate } from '../text/translate.ts';
import { chooseTheme, nextTheme, type Theme, theme } from './theme.ts';
import { useStore } from './use-store.ts';

const NAMES: Record<Theme, TextKey> = { system: 'themeSystem', light: 'themeLight', dark: 'themeDark' };
const SIGNS: Record<Theme, string> = { system: '◐', light: '☀', dark: '☾' };

/** Goes round: as the system, light, dark. */
export function ThemeButton() {
  const chosen = useStore(theme);
  const words = translate('theme', { theme: translate(NAMES[chosen]) });
  return (
    <button
      type="button"
      class="top-bar-plain"
      aria-label={words}
      title={words}
      onClick={() => chooseTheme(nextTheme(chosen))}
    >
      <span aria-hidden="true">{SIGNS[chosen]}</span>
    </button>
  );
}
