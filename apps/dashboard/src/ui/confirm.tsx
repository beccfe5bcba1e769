import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { ProblemError } from '../api/problem-error.ts';
import { translate } from '../text/translate.ts';
import { Modal } from './modal.tsx';
import { ProblemNote } from './problem-note.tsx';

/** Asks before something is done, saying what it will do; stays open, with the reason, when it was refused. */
export function Confirm(props: {
  title: string;
  children: ComponentChildren;
  yes: string;
  no: string;
  isDanger?: boolean;
  isReady?: boolean;
  act: () => Promise<unknown>;
  onClose: () => void;
}) {
  const { title, children, yes, no, isDanger = false, isReady = true, act, onClose } = props;
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const run = async (close: () => void): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await act();
      close();
    } catch (error) {
      if (error instanceof ProblemError) setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal kind="box" label={title} onClose={onClose}>
      {(close) => (
        <form
          class="dialog-form"
          onSubmit={(event) => {
            event.preventDefault();
            void run(close);
          }}
        >
          <h2>{title}</h2>
          {children}
          {problem && <ProblemNote title={translate('actionFailed')} error={problem} />}
          <div class="dialog-buttons">
            <button type="button" onClick={close}>
              {no}
            </button>
            <button type="submit" class={isDanger ? 'danger-fill' : 'primary'} disabled={isBusy || !isReady}>
              {yes}
            </button>
          </div>
        </form>
      )}
    </Modal>
  );
}
