import { useEffect, useState } from 'preact/hooks';
import { formatCount, formatUsdRange } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import { Modal } from '../ui/modal.tsx';
import type { BulkPlan } from './review-desk.ts';
import './regenerate-dialog.css';

/** Asks for the prompt of a new picture. `prompt` is what the present one was made by. */
export function RegenerateDialog(props: {
  title: string;
  /** `null` for many SKUs, each with a prompt of its own. */
  prompt: string | null;
  /** Asks what it would cost. */
  plan: () => Promise<BulkPlan>;
  onSend: (prompt: string | undefined) => void;
  onClose: () => void;
}) {
  const { title, prompt, plan: ask, onSend, onClose } = props;
  const [plan, setPlan] = useState<BulkPlan | null>(null);
  // Without an answer one may still decide; the price is a help, not a condition.
  useEffect(() => void ask().then(setPlan, () => {}), []);
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
          <p class="soft">{translate('regenerateHint')}</p>
          <p class="regenerate-plan" role="status">
            {plan ? planWords(plan) : translate('retryCounting')}
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

function planWords({ would, skipped, calls, costUsd }: BulkPlan): string {
  const cost = costUsd.high === 0 ? translate('free') : formatUsdRange(costUsd);
  const words = translate('manyPlan', { n: formatCount(would), calls: formatCount(calls), cost });
  return skipped > 0 ? `${words} ${translate('deedSkipped', { n: formatCount(skipped) })}` : words;
}
