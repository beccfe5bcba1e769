import { apiKey } from '../api/api-key.ts';
import { mayChange, useMe } from '../api/use-me.ts';
import type { Studio } from '../studio.ts';
import { chooseLanguage, language, translate } from '../text/translate.ts';
import { ThemeButton } from './theme-button.tsx';
import { useStore } from './use-store.ts';
import './top-bar.css';

/** Name, ways to the pages, whether what is shown is live, theme, and the other language. */
export function TopBar({ studio, isIn }: { studio: Studio; isIn: boolean }) {
  const link = useStore(studio.link.status);
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
      <a class="top-bar-fleet" href="#/audits">
        {translate('audits')}
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
      {isIn && <Account studio={studio} />}
    </header>
  );
}

/** What somebody who is let in may do next. */
function Account({ studio }: { studio: Studio }) {
  const me = useMe(studio);
  return (
    <>
      {me?.hasKey && (
        <button type="button" class="top-bar-plain" onClick={signOut}>
          {translate('signOut')}
        </button>
      )}
      {mayChange(me) && (
        <a class="button primary" href="#/new">
          {translate('newBatch')}
        </a>
      )}
    </>
  );
}

function signOut(): void {
  apiKey.forget();
  location.reload();
}

function skipToContent(): void {
  document.getElementById('content')?.focus();
}
