import type { BatchSummary } from '@image-studio/contract';
import { useContext, useEffect, useState } from 'preact/hooks';
import { MayChange } from '../api/may-change.ts';
import { ProblemError } from '../api/problem-error.ts';
import type { BulkPlan } from '../review/review-desk.ts';
import { formatCount, formatUsdRange } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import { Confirm } from '../ui/confirm.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';

type Photo = BatchSummary['sharedPhotos'][number];

/** What a person can do about all SKUs that wait because of one photo. */
export interface SharedPhotoActions {
  plan(photo: string): Promise<BulkPlan>;
  decide(photo: string, decision: 'approve' | 'reject'): Promise<unknown>;
}

/** Photos that are the main one of several SKUs, the question first: those whose SKUs wait, unpaid. */
export function SharedPhotos({ photos, actions }: { photos: readonly Photo[]; actions: SharedPhotoActions }) {
  const [asking, setAsking] = useState<{ photo: Photo; decision: 'approve' | 'reject' } | null>(null);
  const mayChange = useContext(MayChange);
  if (photos.length === 0) return null;
  const held = photos.filter(({ state }) => state === 'held');
  const others = photos.filter(({ state }) => state !== 'held');
  return (
    <>
      <h3 class="groups-title">{translate('sharedPhotos')}</h3>
      <ul class="groups">
        {[...held, ...others].map((photo) => (
          <li key={photo.photo}>
            <span class={`groups-count ${photo.state === 'held' ? 'groups-count-review' : ''}`}>
              {formatCount(photo.skus)}
            </span>
            <span class="groups-words">
              {translate(`sharedPhoto_${photo.state}`)}
              <span class="soft">{examplesOf(photo)}</span>
            </span>
            {mayChange && photo.state === 'held' && (
              <span class="groups-actions">
                <button type="button" onClick={() => setAsking({ photo, decision: 'approve' })}>
                  {translate('makeThem')}
                </button>
                <button type="button" onClick={() => setAsking({ photo, decision: 'reject' })}>
                  {translate('reject')}
                </button>
              </span>
            )}
          </li>
        ))}
      </ul>
      {asking && <SharedPhotoDialog {...asking} actions={actions} onClose={() => setAsking(null)} />}
    </>
  );
}

function examplesOf({ examples, skus }: Photo): string {
  return skus > examples.length ? `${examples.join(', ')} …` : examples.join(', ');
}

/** Says how many SKUs it is about and what they cost, then does it. */
function SharedPhotoDialog(props: {
  photo: Photo;
  decision: 'approve' | 'reject';
  actions: SharedPhotoActions;
  onClose: () => void;
}) {
  const { photo, decision, actions, onClose } = props;
  const [plan, setPlan] = useState<BulkPlan | null>(null);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  useEffect(() => {
    actions
      .plan(photo.photo)
      .then(setPlan, (error: unknown) => error instanceof ProblemError && setProblem(error));
  }, []);
  const isApproval = decision === 'approve';
  const values = plan && {
    n: plan.would,
    cost: plan.costUsd.high === 0 ? translate('free') : formatUsdRange(plan.costUsd),
  };
  return (
    <Confirm
      title={translate(isApproval ? 'makeThemQuestion' : 'rejectThemQuestion')}
      yes={translate(isApproval ? 'makeThem' : 'reject')}
      no={translate('close')}
      isDanger={!isApproval}
      isReady={plan !== null && plan.would > 0}
      act={() => actions.decide(photo.photo, decision)}
      onClose={onClose}
    >
      {problem && <ProblemNote title={translate('actionFailed')} error={problem} />}
      <p role="status">{values && translate(isApproval ? 'makeThemPlan' : 'rejectThemPlan', values)}</p>
    </Confirm>
  );
}
