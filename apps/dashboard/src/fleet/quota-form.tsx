import { useState } from 'preact/hooks';
import type { Studio } from '../studio.ts';
import { translate } from '../text/translate.ts';
import { Confirm } from '../ui/confirm.tsx';

/** Sets how many AI calls a minute the fleet may make. */
export function QuotaForm(props: {
  studio: Studio;
  callsPerMinute: number;
  /** Of the model that is configured without a name, unless given. */
  pool?: string;
  /** Whose quota, where there are several. */
  of?: string;
}) {
  const { studio, callsPerMinute, pool, of } = props;
  const title = of === undefined ? translate('quotaSet') : `${translate('quotaSet')}: ${of}`;
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState('');
  const open = (): void => {
    setText(String(callsPerMinute));
    setOpen(true);
  };
  return (
    <>
      <button type="button" aria-label={title} onClick={open}>
        {translate('quotaSet')}
      </button>
      {isOpen && (
        <Confirm
          title={title}
          yes={translate('save')}
          no={translate('close')}
          isReady={text.trim() === '' || Number.isInteger(Number(text))}
          act={() =>
            studio.client.put(pool === undefined ? 'quota' : `quota?pool=${encodeURIComponent(pool)}`, {
              callsPerMinute: text.trim() === '' ? null : Number(text),
            })
          }
          onClose={() => setOpen(false)}
        >
          <label class="dialog-field">
            {translate('quotaPerMinute')}
            <input
              type="number"
              min="1"
              max="6000"
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </label>
          <p class="soft">{translate('quotaSetHint')}</p>
        </Confirm>
      )}
    </>
  );
}
