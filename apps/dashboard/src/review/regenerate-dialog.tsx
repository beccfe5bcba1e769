import { useState } from 'preact/hooks';
import { formatUsd } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import { Modal } from '../ui/modal.tsx';
import './regenerate-dialog.css';

/** Asks for the prompt of a new picture. `prompt` is what the present one was made by. */
export function RegenerateDialog(props: {
  title: string;
  /** `null` for many SKUs, each with a prompt of its own. */
  prompt: string | null;
  /** What the present picture cost; the best guess for the next. */
  costUsd: number | null;
  onSend: (prompt: string | undefined) => void;
  onClose: () => void;
}) {
  const { title, prompt, costUsd, onSend, onClose } = props;
  const [text, setText] = useState(prompt ?? '');
  const isChanged = text.trim() !== (prompt ?? '').trim() && text.trim() !== '';
  return (
    <Modal kind="box" label={title} onClose={onClose}>
      {(close) => (
        <form
          class="dialog-form regenerate"
          onSubmit={(event) => {
            event.preventDefault();
            onSend(isChanged ? text.trim() : undefined);
            close();
          }}
        >
          <h2>{title}</h2>
          <p class="soft">
            {translate('regenerateHint')}
            {costUsd !== null &&
              costUsd > 0 &&
              ` ${translate('regenerateCost', { cost: formatUsd(costUsd) })}`}
          </p>
          <label class="dialog-field">
            {translate(prompt === null ? 'promptMany' : 'promptOwn')}
            <textarea
              rows={prompt === null ? 4 : 8}
              maxLength={8000}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
                  event.currentTarget.form?.requestSubmit();
              }}
            />
          </label>
          <p class="small soft regenerate-note">
            {!isChanged && prompt !== null && translate('promptUnchanged')}
          </p>
          <div class="dialog-buttons">
            <button type="button" onClick={close}>
              {translate('close')}
            </button>
            <button type="submit" class="primary">
              {translate('regenerate')}
            </button>
          </div>
        </form>
      )}
    </Modal>
  );
}
