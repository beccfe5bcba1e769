import type { BatchView, SkuView } from '@image-studio/contract';
import { useEffect, useState } from 'preact/hooks';
import { ProblemError } from '../api/problem-error.ts';
import { translate } from '../text/translate.ts';
import { Modal } from '../ui/modal.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { FailureText } from './failure-text.tsx';
import { ImageDetails } from './image-details.tsx';
import { Timeline } from './timeline.tsx';
import './sku-drawer.css';

/** Everything about one SKU, beside the grid. It changes live while it is open. */
export function SkuDrawer(props: {
  batch: BatchView;
  code: string;
  sku: SkuView | null;
  read: () => Promise<void>;
  onClose: () => void;
}) {
  const { batch, code, sku, read, onClose } = props;
  const [problem, setProblem] = useState<ProblemError | null>(null);
  useEffect(() => {
    read().catch((error: unknown) => error instanceof ProblemError && setProblem(error));
  }, []);
  return (
    <Modal kind="drawer" label={translate('details', { sku: code })} onClose={onClose}>
      {(close) => (
        <div class="drawer">
          <div class="drawer-head">
            <h1>{code}</h1>
            {sku && <StateBadge state={sku.state} />}
            <button type="button" onClick={close}>
              {translate('close')}
            </button>
          </div>
          {problem && !sku && <ProblemNote title={translate('actionFailed')} error={problem} />}
          {!sku && !problem && <p class="soft">{translate('loading')}</p>}
          {sku?.failure && (
            <div class="note note-failed">
              <FailureText failure={sku.failure} />
            </div>
          )}
          {sku?.images.map((image) => (
            <ImageDetails key={`${image.kind} ${image.url}`} image={image} self={batch.links?.self} />
          ))}
          {sku && <Timeline entries={sku.timeline} attempts={sku.attempts} />}
        </div>
      )}
    </Modal>
  );
}
