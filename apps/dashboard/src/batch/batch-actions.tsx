import type { BatchView } from '@image-studio/contract';
import { useState } from 'preact/hooks';
import { ProblemError } from '../api/problem-error.ts';
import { allowedActions, type BatchAction } from '../state/allowed-actions.ts';
import { formatCount } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import { Modal } from '../ui/modal.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import './batch-actions.css';

/** The controls that the batch's state allows. Cancelling asks first, because it cannot be taken back whole. */
export function BatchActions(props: { batch: BatchView; act: (action: BatchAction) => Promise<void> }) {
  const { batch, act } = props;
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<ProblemError | null>(null);

  const run = async (action: BatchAction): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await act(action);
    } catch (error) {
      if (error instanceof ProblemError) setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const unfinished = batch.counts.waiting + batch.counts.active;

  return (
    <>
      <div class="batch-actions">
        {allowedActions(batch).map((action) => (
          <button
            key={action}
            type="button"
            class={action === 'cancel' ? 'danger' : ''}
            disabled={busy}
            onClick={() => (action === 'cancel' ? setAsking(true) : void run(action))}
          >
            {translate(action, { n: formatCount(batch.counts.failed) })}
          </button>
        ))}
      </div>
      {problem && <ProblemNote title={translate('actionFailed')} error={problem} />}
      {asking && (
        <Modal kind="box" label={translate('cancelQuestion')} onClose={() => setAsking(false)}>
          {(close) => (
            <div class="batch-actions-question">
              <h2>{translate('cancelQuestion')}</h2>
              <p class="soft">{translate('cancelHint', { n: formatCount(unfinished) })}</p>
              <div class="batch-actions">
                <button type="button" onClick={close}>
                  {translate('keepGoing')}
                </button>
                <button
                  type="button"
                  class="danger"
                  onClick={() => {
                    close();
                    void run('cancel');
                  }}
                >
                  {translate('cancel')}
                </button>
              </div>
            </div>
          )}
        </Modal>
      )}
    </>
  );
}
