import { useEffect, useState } from 'preact/hooks';
import { formatUsdRange } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import { Modal } from '../ui/modal.tsx';
import type { BulkPlan, PromptWords } from './review-desk.ts';
import './regenerate-dialog.css';

/**
 * Asks what is to be different in a new picture: words that are added to the prompt. The whole prompt can be edited, too,
 * for one picture, but not emptied.
 */
export function RegenerateDialog(props: {
  title: string;
  /** What the present picture was made by; `null` for many SKUs, each with a prompt of its own. */
  prompt: string | null;
  /** Name of the photo that the picture is to be made from, when it is another than before. */
  photo?: string | undefined;
  /** The present picture, to look at while one writes. */
  picture: string | null;
  /** Asks what it would cost. */
  plan: () => Promise<BulkPlan>;
  onSend: (words: PromptWords) => void;
  onClose: () => void;
}) {
  const { title, prompt, photo, picture, plan: ask, onSend, onClose } = props;
  const [plan, setPlan] = useState<BulkPlan | null>(null);
  // Without an answer one may still decide; the price is a help, not a condition.
  useEffect(() => void ask().then(setPlan, () => {}), []);
  const [extra, setExtra] = useState('');
  const [whole, setWhole] = useState(prompt ?? '');
  const isRewritten = prompt !== null && whole.trim() !== prompt.trim();
  const words: PromptWords = {
    ...(extra.trim() && { extraPrompt: extra.trim() }),
    ...(isRewritten && { prompt: whole.trim() }),
  };
  return (
    <Modal kind="box" label={title} isDirty={extra.trim() !== '' || isRewritten} onClose={onClose}>
      {(close) => (
        <form
          class="dialog-form regenerate"
          onSubmit={(event) => {
            event.preventDefault();
            onSend(words);
            close();
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
              event.currentTarget.requestSubmit();
          }}
        >
          <h2>{title}</h2>
          {picture !== null && <img class="regenerate-picture" src={picture} alt={translate('after')} />}
          {photo !== undefined && <p>{translate('fromPhoto', { photo })}</p>}
          <label class="dialog-field">
            {translate('instruction')}
            <textarea
              rows={3}
              maxLength={4000}
              value={extra}
              placeholder={translate('instructionExample')}
              onInput={(event) => setExtra(event.currentTarget.value)}
            />
          </label>
          {prompt !== null && (
            <details>
              <summary>{translate('wholePrompt')}</summary>
              <label class="dialog-field">
                {translate('promptOwn')}
                <textarea
                  rows={8}
                  maxLength={8000}
                  required
                  value={whole}
                  onInput={(event) => setWhole(event.currentTarget.value)}
                />
              </label>
            </details>
          )}
          <p class="small soft">{translate('regenerateHint')}</p>
          <p class="regenerate-plan" role="status">
            {plan ? planWords(plan) : translate('retryCounting')}
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
  const words = translate('manyPlan', { skus: would, calls, cost });
  return skipped > 0 ? `${words} ${translate('toastSkipped', { n: skipped })}` : words;
}
