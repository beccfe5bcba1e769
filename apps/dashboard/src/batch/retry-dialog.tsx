import { useEffect, useState } from 'preact/hooks';
import { ProblemError } from '../api/problem-error.ts';
import { formatUsdRange } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import { Confirm } from '../ui/confirm.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import type { BatchActions, RetryPlan, RetryTarget } from './batch-actions.ts';

/** Counts what a retry would make and cost, then does it. */
export function RetryDialog(props: { target: RetryTarget; actions: BatchActions; onClose: () => void }) {
  const { target, actions, onClose } = props;
  const [plan, setPlan] = useState<RetryPlan | null>(null);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  useEffect(() => {
    actions
      .planRetry(target)
      .then(setPlan, (error: unknown) => error instanceof ProblemError && setProblem(error));
  }, []);
  return (
    <Confirm
      title={translate('retryQuestion')}
      yes={plan ? translate('retryNow', { n: plan.wouldRetry }) : translate('tryAgain')}
      no={translate('close')}
      // Without a count one may still try again.
      isReady={plan ? plan.wouldRetry > 0 : problem !== null}
      act={() => actions.retry(target)}
      onClose={onClose}
    >
      {problem && <ProblemNote title={translate('actionFailed')} error={problem} />}
      <p role="status">{plan ? sentence(plan) : problem ? '' : translate('retryCounting')}</p>
      <p class="soft">{translate('retryHint')}</p>
    </Confirm>
  );
}

function sentence({ wouldRetry, unlikely = 0, calls, costUsd }: RetryPlan): string {
  if (wouldRetry === 0) return translate('retryNothing');
  const cost = costUsd.high === 0 ? translate('free') : formatUsdRange(costUsd);
  const words = translate('retryPlan', { n: wouldRetry, calls, cost });
  return unlikely > 0 ? `${words} ${translate('retryUnlikely', { n: unlikely })}` : words;
}
