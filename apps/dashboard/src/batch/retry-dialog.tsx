import { useEffect, useState } from 'preact/hooks';
import { ProblemError } from '../api/problem-error.ts';
import { formatCount, formatUsdRange } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import { Confirm } from '../ui/confirm.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import type { BatchDeeds, RetryPlan, RetryTarget } from './batch-deeds.ts';

/** Counts what a retry would make and cost, then does it. */
export function RetryDialog(props: { target: RetryTarget; deeds: BatchDeeds; onClose: () => void }) {
  const { target, deeds, onClose } = props;
  const [plan, setPlan] = useState<RetryPlan | null>(null);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  useEffect(() => {
    deeds
      .planRetry(target)
      .then(setPlan, (error: unknown) => error instanceof ProblemError && setProblem(error));
  }, []);
  return (
    <Confirm
      title={translate('retryQuestion')}
      yes={plan ? translate('retryNow', { n: formatCount(plan.wouldRetry) }) : translate('tryAgain')}
      no={translate('close')}
      // Without a count one may still try again.
      isReady={plan ? plan.wouldRetry > 0 : problem !== null}
      act={() => deeds.retry(target)}
      onClose={onClose}
    >
      {problem && <ProblemNote title={translate('actionFailed')} error={problem} />}
      <p role="status">{plan ? sentence(plan) : problem ? '' : translate('retryCounting')}</p>
      <p class="soft">{translate('retryHint')}</p>
    </Confirm>
  );
}

function sentence({ wouldRetry, calls, costUsd }: RetryPlan): string {
  if (wouldRetry === 0) return translate('retryNothing');
  const cost = costUsd.high === 0 ? translate('free') : formatUsdRange(costUsd);
  return translate('retryPlan', { n: formatCount(wouldRetry), calls: formatCount(calls), cost });
}
