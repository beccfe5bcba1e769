import { useEffect, useState } from 'preact/hooks';
import { ProblemError } from '../api/problem-error.ts';
import type { StudioClient } from '../api/studio-client.ts';
import { profileTitle } from '../text/profile-title.ts';
import { translate } from '../text/translate.ts';
import { batchHash } from '../ui/batch-hash.ts';
import { Confirm } from '../ui/confirm.tsx';
import { navigate } from '../ui/navigate.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import type { Wanted } from './wanted.ts';

interface Made {
  id: string | null;
  skus: number;
  leftOut: { count: number; skus: string[] };
}

/** Codes of SKUs that are named. */
const MOST_NAMED = 8;

/** Says what a batch of failures would hold, and makes it when asked. */
export function BatchOfFailures(props: {
  client: StudioClient;
  auditId: string;
  wanted: Wanted;
  onClose: () => void;
}) {
  const { client, auditId, wanted, onClose } = props;
  const [plan, setPlan] = useState<Made | null>(null);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const ask = (dryRun: boolean) =>
    client.post<Made>(`audits/${auditId}/batch`, {
      profile: wanted.profile,
      ...(wanted.rule && { rules: [wanted.rule] }),
      dryRun,
    });
  useEffect(() => {
    ask(true).then(setPlan, (error: unknown) => {
      if (error instanceof ProblemError) setProblem(error);
    });
  }, [auditId, wanted]);
  const make = async () => {
    const { id } = await ask(false);
    if (id !== null) navigate(batchHash(id));
  };
  return (
    <Confirm
      title={translate('auditBatchTitle')}
      yes={translate('auditBatchGo')}
      no={translate('close')}
      isReady={plan !== null && plan.skus > 0}
      act={make}
      onClose={onClose}
    >
      {problem && <ProblemNote title={translate('auditBatchFailed')} error={problem} />}
      {plan === null ? (
        !problem && <p>{translate('loading')}</p>
      ) : (
        <Plan {...{ plan }} profile={wanted.profile} />
      )}
    </Confirm>
  );
}

function Plan({ plan: { skus, leftOut }, profile }: { plan: Made; profile: string }) {
  const named = leftOut.skus.slice(0, MOST_NAMED).join(', ');
  return (
    <>
      <p>
        {skus === 0
          ? translate('auditBatchNone')
          : translate('auditBatchCount', { n: skus, profile: profileTitle({ id: profile, title: profile }) })}
      </p>
      {leftOut.count > 0 && (
        <p class="small soft">
          {translate('auditBatchLeftOut', {
            n: leftOut.count,
            skus: leftOut.count > MOST_NAMED ? `${named} …` : named,
          })}
        </p>
      )}
    </>
  );
}
