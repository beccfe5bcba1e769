import type { BatchView, SampleView } from '@image-studio/contract';
import { useContext, useEffect, useMemo, useState } from 'preact/hooks';
import { MayChange } from '../api/may-change.ts';
import { ProblemError } from '../api/problem-error.ts';
import type { BatchActions } from '../batch/batch-actions.ts';
import { startPoll } from '../state/poll.ts';
import type { Studio } from '../studio.ts';
import words from '../text/en/sample.json' with { type: 'json' };
import { formatUsdRange } from '../text/format.ts';
import { learnTexts } from '../text/messages.ts';
import { translate } from '../text/translate.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { useStore } from '../ui/use-store.ts';
import { ChangeDialog } from './change-dialog.tsx';
import { ComparePanel } from './compare-panel.tsx';
import { SampleFacts } from './sample-facts.tsx';
import { SamplePictures } from './sample-pictures.tsx';
import './sample-panel.css';

learnTexts(words);

const POLL_MS = 4_000;

/** What is made first of a batch: its pictures, what they tell, and what to do next. */
export function SamplePanel(props: {
  client: Studio['client'];
  batch: BatchView;
  path: string;
  actions: BatchActions;
  onOpen: (sku: string) => void;
}) {
  const { client, batch, path, actions, onOpen } = props;
  const [withVerdict, setVerdict] = useState(false);
  const samples = useMemo(
    () =>
      startPoll(
        (signal) => client.get<SampleView>(`${path}/sample${withVerdict ? '?verdict=true' : ''}`, signal),
        POLL_MS,
      ),
    [path, withVerdict],
  );
  useEffect(() => samples.close, [samples]);
  useEffect(() => samples.refresh(), [batch.sample?.state]);
  const sample = useStore(samples.value);
  const isBroken = useStore(samples.isBroken);
  const [isChanging, setChanging] = useState(false);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const isAllowed = useContext(MayChange);
  const goOn = (): void => {
    setProblem(null);
    actions.resume().catch((error: unknown) => error instanceof ProblemError && setProblem(error));
  };
  if (sample === null) return isBroken ? <p class="soft">{translate('sampleFailed')}</p> : null;
  const { comparison } = sample;
  const isReady = batch.sample?.state === 'ready' && sample.state === 'ready';
  return (
    <section class="sample" aria-labelledby="sample-title">
      <div class="sample-head">
        <h2 id="sample-title">{translate('sampleTitle')}</h2>
        <span class="small soft" role="status">
          {translate('sampleEnded', { ended: sample.ended, size: sample.size })}
        </span>
        {isReady && isAllowed && (
          <div class="sample-buttons">
            <button type="button" onClick={() => setChanging(true)}>
              {translate('sampleChange')}
            </button>
            {!comparison && (
              <button type="button" class="primary" onClick={goOn}>
                {translate('sampleGoOn')} · {formatUsdRange(sample.rest.costUsd)}
              </button>
            )}
          </div>
        )}
      </div>
      <p class="small soft">{translate('sampleHint', { size: sample.size })}</p>
      {problem && <ProblemNote title={translate('actionFailed')} error={problem} />}
      {isReady && comparison && (
        <ComparePanel
          {...{ client, path, comparison }}
          self={batch.links?.self}
          onRefresh={(isAsked) => (isAsked ? setVerdict(true) : samples.refresh())}
          onTake={actions.changeSample}
        />
      )}
      <SampleFacts sample={sample} />
      <SamplePictures skus={sample.skus} self={batch.links?.self} onOpen={onOpen} />
      {isChanging && <ChangeDialog {...{ client, path, actions }} onClose={() => setChanging(false)} />}
    </section>
  );
}
