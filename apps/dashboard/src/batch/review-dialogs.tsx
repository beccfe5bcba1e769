import type { ImageView } from '@image-studio/contract';
import type { StudioClient } from '../api/studio-client.ts';
import { ExportDialog } from '../exports/export-dialog.tsx';
import { DownloadDialog } from '../gallery/download-dialog.tsx';
import { KeysDialog } from '../review/keys-dialog.tsx';
import { RegenerateDialog } from '../review/regenerate-dialog.tsx';
import type { BulkPlan, ReviewDesk, Target } from '../review/review-desk.ts';
import { localUrl } from '../sku/local-url.ts';
import type { SkuFilter } from '../state/batch-state.ts';
import { translate } from '../text/translate.ts';

/** What is over the gallery: the keys, the downloads, the exports, or a prompt to be edited. */
export type ReviewDialog =
  | { kind: 'keys' | 'downloads' | 'exports' | 'regenerateMany' }
  | { kind: 'regenerate'; sku: string; slot: string; image: ImageView | null; photo?: string };

/** The dialog that is open. */
export function ReviewDialogs(props: {
  dialog: ReviewDialog;
  client: StudioClient;
  /** Of the batch in REST. */
  path: string;
  self: string | undefined;
  desk: ReviewDesk;
  filter: SkuFilter;
  /** SKUs that the filter leaves; `null` while that is not certain. */
  count: number | null;
  /** What is selected, and how much that is. */
  target: Target;
  chosen: number;
  onManySent: () => void;
  onClose: () => void;
}) {
  const { dialog, client, path, self, desk, filter, count, target, chosen, onManySent, onClose } = props;
  if (dialog.kind === 'keys') return <KeysDialog onClose={onClose} />;
  if (dialog.kind === 'downloads') return <DownloadDialog {...{ client, path, filter, count, onClose }} />;
  if (dialog.kind === 'exports') return <ExportDialog {...{ client, path, onClose }} />;
  if (dialog.kind === 'regenerate') {
    const { sku, slot, image, photo } = dialog;
    return (
      <RegenerateDialog
        title={translate('regenerateTitle', { sku })}
        prompt={image?.prompt ?? null}
        photo={photo}
        picture={image && localUrl(image.thumbUrl ?? image.url, self)}
        plan={() => desk.plan({ skus: [sku] }, 'regenerate').then(ofOnePicture)}
        onSend={(words) => desk.regenerate(sku, slot, { ...words, ...(photo !== undefined && { photo }) })}
        onClose={onClose}
      />
    );
  }
  return (
    <RegenerateDialog
      title={translate('regenerateManyTitle', { n: chosen })}
      prompt={null}
      picture={null}
      plan={() => desk.plan(target, 'regenerate')}
      onSend={(words) => {
        desk.decideMany(target, chosen, 'regenerate', words);
        onManySent();
      }}
      onClose={onClose}
    />
  );
}

/** A plan counts every picture of the SKU; the dialog is about one of them. */
function ofOnePicture(plan: BulkPlan): BulkPlan {
  const each = (usd: number): number => usd / Math.max(1, plan.calls);
  const costUsd = { low: each(plan.costUsd.low), high: each(plan.costUsd.high) };
  return { ...plan, calls: Math.min(1, plan.calls), costUsd };
}
