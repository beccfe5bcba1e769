import type { LinkStatus } from '../live/live-link.ts';
import type { Store } from '../state/store.ts';
import { chooseLanguage, language, translate } from '../text/translate.ts';
import { useStore } from './use-store.ts';
import './top-bar.css';

/** Name, ways to the pages, whether what is shown is live, and the other language. */
export function TopBar({ status }: { status: Store<LinkStatus> }) {
  const link = useStore(status);
  const other = language.get() === 'zh' ? 'en' : 'zh';
  return (
    <header class="top-bar">
      <a class="top-bar-name" href="#/">
        <span class="top-bar-mark" aria-hidden="true" />
        Image Studio
      </a>
      <span class={`link link-${link}`} role="status">
        {translate(link)}
      </span>
      <button type="button" class="top-bar-language" lang={other} onClick={() => chooseLanguage(other)}>
        {translate('language')}
      </button>
      <a class="button primary" href="#/new">
        {translate('newBatch')}
      </a>
    </header>
  );
}
