import { translate } from '../text/translate.ts';
import './waiting-page.css';

/** Holds the room of a batch's page while it loads. */
export function WaitingPage() {
  return (
    <div role="status">
      <span class="visually-hidden">{translate('loading')}</span>
      <div class="waiting-room waiting-header" />
    </div>
  );
}
