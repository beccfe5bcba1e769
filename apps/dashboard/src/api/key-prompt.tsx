import { translate } from '../text/translate.ts';
import { apiKey, keyWanted } from './api-key.ts';
import './key-prompt.css';

/** Asks for the API key. Every request and the socket then carry it, also those that had to wait for it. */
export function KeyPrompt() {
  const refused = apiKey.get() !== null;
  return (
    <form
      class="key-prompt note"
      onSubmit={(event) => {
        event.preventDefault();
        apiKey.set(String(new FormData(event.currentTarget).get('key')).trim());
        keyWanted.set(false);
      }}
    >
      <h1>{translate('keyTitle')}</h1>
      <p class="soft">{translate('keyHint')}</p>
      {refused && (
        <p class="danger" role="alert">
          {translate('keyRefused')}
        </p>
      )}
      <label class="visually-hidden" for="api-key">
        {translate('keyTitle')}
      </label>
      <input id="api-key" name="key" type="password" autocomplete="off" required />
      <button type="submit" class="primary">
        {translate('signIn')}
      </button>
    </form>
  );
}
