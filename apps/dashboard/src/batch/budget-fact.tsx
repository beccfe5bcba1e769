import type { BatchView } from '@image-studio/contract';
import { useContext, useState } from 'preact/hooks';
import { MayChange } from '../api/may-change.ts';
import { ProblemError } from '../api/problem-error.ts';
import { formatUsd } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import { Meter } from '../ui/meter.tsx';
import { Modal } from '../ui/modal.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import type { BatchActions } from './batch-actions.ts';

/** What the batch has cost, of what it may cost, and the way to change that. */
export function BudgetFact({ batch, actions }: { batch: BatchView; actions: BatchActions }) {
  const { costUsd, budgetUsd } = batch;
  const [isOpen, setOpen] = useState(false);
  const mayChange = useContext(MayChange);
  return (
    <div class="fact">
      <dt>{translate('spent')}</dt>
      <dd>{formatUsd(costUsd)}</dd>
      <dd class="fact-note">
        {budgetUsd === null ? translate('noBudget') : translate('ofBudget', { budget: formatUsd(budgetUsd) })}
        {mayChange && (
          <button
            type="button"
            class="fact-edit"
            aria-label={translate('budgetEdit')}
            title={translate('budgetEdit')}
            onClick={() => setOpen(true)}
          >
            <span aria-hidden="true">✎</span>
          </button>
        )}
      </dd>
      {budgetUsd !== null && (
        <dd>
          <Meter share={costUsd / budgetUsd} />
        </dd>
      )}
      {isOpen && <BudgetForm {...{ batch, actions }} onClose={() => setOpen(false)} />}
    </div>
  );
}

function BudgetForm(props: { batch: BatchView; actions: BatchActions; onClose: () => void }) {
  const { batch, actions, onClose } = props;
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const save = async (form: HTMLFormElement, close: () => void): Promise<void> => {
    const text = String(new FormData(form).get('budget')).trim();
    try {
      await actions.setBudget(text === '' ? null : Number(text));
      close();
    } catch (error) {
      if (error instanceof ProblemError) setProblem(error);
    }
  };
  return (
    <Modal kind="box" label={translate('budgetEdit')} onClose={onClose}>
      {(close) => (
        <form
          class="dialog-form"
          onSubmit={(event) => {
            event.preventDefault();
            void save(event.currentTarget, close);
          }}
        >
          <h2>{translate('budgetEdit')}</h2>
          <p class="soft">{translate('budgetHint')}</p>
          <label class="dialog-field">
            {translate('budgetAmount')}
            <input
              name="budget"
              type="number"
              inputMode="decimal"
              min="0.01"
              max="1000000"
              step="0.01"
              defaultValue={batch.budgetUsd ?? ''}
            />
          </label>
          {problem && <ProblemNote title={translate('actionFailed')} error={problem} />}
          <div class="dialog-buttons">
            <button type="button" onClick={close}>
              {translate('close')}
            </button>
            <button type="submit" class="primary">
              {translate('save')}
            </button>
          </div>
        </form>
      )}
    </Modal>
  );
}
