import type { LinkStatus } from '../live/live-link.ts';
import type { Store } from '../state/store.ts';
import { chooseLanguage, language, translate } from '../text/translate.ts';
import { ThemeButton } from './theme-button.tsx';
import { useStore } from './use-store.ts';
import './top-bar.css';

/** Name, ways to the pages, whether what is shown is live, theme, and the other language. */
export function TopBar({ status }: { status: Store<LinkStatus> }) {
  const link = useStore(status);
  const other = language.get() === 'zh' ? 'en' : 'zh';
  return (
    <header class="top-bar">
      <button type="button" class="skip-link" onClick={skipToContent}>
        {translate('skipToContent')}
      </button>
      <a class="top-bar-name" href="#/" aria-label="Image Studio">
        <span class="top-bar-mark" aria-hidden="true" />
        <span>Image Studio</span>
      </a>
      <a class="top-bar-fleet" href="#/fleet">
        {translate('fleet')}
      </a>
      <span class={`link link-${link}`} role="status">
        {translate(link)}
      </span>
      <ThemeButton />
      <button
        type="button"
        class="top-bar-plain"
        lang={other}
        onClick={() => void chooseLanguage(other).catch(() => {})}
      >
        {translate('language')}
      </button>
      <a class="button primary" href="#/new">
        {translate('newBatch')}
      </a>
    </header>
  );
}

function skipToContent(): void {
  document.getElementById('content')?.focus();
}
