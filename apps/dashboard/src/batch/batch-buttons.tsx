import type { BatchView } from '@image-studio/contract';
import { useState } from 'preact/hooks';
import { ProblemError } from '../api/problem-error.ts';
import { allowedActions, type BatchAction } from '../state/allowed-actions.ts';
import { translate } from '../text/translate.ts';
import { Confirm } from '../ui/confirm.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import type { BatchActions } from './batch-actions.ts';
import { RetryDialog } from './retry-dialog.tsx';
import './batch-buttons.css';

/** The controls that the batch's state allows. Each says what happens to running work before it does it. */
export function BatchButtons({ batch, actions }: { batch: BatchView; actions: BatchActions }) {
  const [asking, setAsking] = useState<BatchAction | null>(null);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const start = (action: BatchAction): void => {
    setProblem(null);
    if (action !== 'resume') setAsking(action);
    else actions.resume().catch((error: unknown) => error instanceof ProblemError && setProblem(error));
  };
  const close = (): void => setAsking(null);
  return (
    <>
      <div class="batch-buttons">
        {allowedActions(batch).map((action) => (
          <button
            key={action}
            type="button"
            class={action === 'cancel' ? 'danger' : action === 'resume' ? 'primary' : ''}
            title={action === 'resume' ? translate('resumeHint') : undefined}
            onClick={() => start(action)}
          >
            {translate(action, { n: batch.counts.failed })}
          </button>
        ))}
      </div>
      {problem && <ProblemNote title={translate('actionFailed')} error={problem} />}
      {asking === 'pause' && <PauseDialog batch={batch} act={actions.pause} onClose={close} />}
      {asking === 'cancel' && <CancelDialog batch={batch} act={actions.cancel} onClose={close} />}
      {asking === 'retry' && <RetryDialog target={{}} actions={actions} onClose={close} />}
    </>
  );
}

interface DialogProps {
  batch: BatchView;
  act: () => Promise<unknown>;
  onClose: () => void;
}

function PauseDialog({ batch, act, onClose }: DialogProps) {
  return (
    <Confirm
      title={translate('pauseQuestion')}
      yes={translate('pause')}
      no={translate('keepGoing')}
      act={act}
      onClose={onClose}
    >
      <p class="soft">{translate('pauseHint', { active: batch.counts.active })}</p>
    </Confirm>
  );
}

function CancelDialog({ batch, act, onClose }: DialogProps) {
  const { waiting, active } = batch.counts;
  return (
    <Confirm
      title={translate('cancelQuestion')}
      yes={translate('cancel')}
      no={translate('keepGoing')}
      isDanger
      act={act}
      onClose={onClose}
    >
      <p class="soft">
        {translate('cancelHint', { n: waiting + active })}
        {active > 0 && ` ${translate('cancelActiveHint')}`} {translate('cancelFinalHint')}
      </p>
    </Confirm>
  );
}
