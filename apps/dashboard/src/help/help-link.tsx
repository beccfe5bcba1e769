import { translate } from '../text/translate.ts';
import './help-link.css';

/** Opens what `about` (a failure, check or setting) means, beside the page, where nothing typed is lost. */
export function HelpLink({ about, name }: { about: string; name: string }) {
  return (
    <a
      class="help-link"
      href={`#/help?about=${encodeURIComponent(about)}`}
      target="_blank"
      rel="noreferrer"
      aria-label={translate('helpAbout', { name })}
    >
      ?
    </a>
  );
}
