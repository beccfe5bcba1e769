import type { BatchView, SkuView } from '@image-studio/contract';
import { useState } from 'preact/hooks';
import type { StudioClient } from '../api/studio-client.ts';
import { keepDraft } from '../submit/draft.ts';
import { draftOf } from '../submit/draft-of.ts';
import { translate } from '../text/translate.ts';
import { Confirm } from '../ui/confirm.tsx';
import { navigate } from '../ui/navigate.ts';
import type { BatchActions } from './batch-actions.ts';
import './batch-menu.css';

type Asking = 'rename' | 'remove' | null;

/** What is done to a batch once in a while: another name, the like again, away with it. */
export function BatchMenu(props: { batch: BatchView; actions: BatchActions; client: StudioClient }) {
  const { batch, actions, client } = props;
  const [asking, setAsking] = useState<Asking>(null);
  const [isBusy, setBusy] = useState(false);
  const close = (): void => setAsking(null);
  /** The menu closes, and has the focus again when the dialog has gone. */
  const ask = ({ currentTarget }: { currentTarget: HTMLElement }, what: Asking): void => {
    const menu = currentTarget.closest('details');
    menu?.removeAttribute('open');
    menu?.querySelector('summary')?.focus();
    setAsking(what);
  };
  const duplicate = async (): Promise<void> => {
    setBusy(true);
    try {
      keepDraft(await copyOf(client, batch.id));
      navigate('#/new');
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <details class="batch-menu">
        <summary class="button">{translate('more')}</summary>
        <div class="batch-menu-list">
          <button type="button" onClick={(event) => ask(event, 'rename')}>
            {translate('rename')}
          </button>
          <button
            type="button"
            aria-busy={isBusy}
            title={translate('duplicateHint')}
            onClick={() => void duplicate().catch(() => {})}
          >
            {translate('duplicate')}
          </button>
          {batch.finishedAt !== null && (
            <button type="button" class="danger" onClick={(event) => ask(event, 'remove')}>
              {translate('deleteBatch')}
            </button>
          )}
        </div>
      </details>
      {asking === 'rename' && <RenameDialog {...{ batch, actions }} onClose={close} />}
      {asking === 'remove' && (
        <Confirm
          title={translate('deleteQuestion')}
          yes={translate('deleteBatch')}
          no={translate('close')}
          isDanger
          act={async () => {
            await actions.remove();
            navigate('#/', { replace: true });
          }}
          onClose={close}
        >
          <p class="soft">{translate('deleteHint')}</p>
        </Confirm>
      )}
    </>
  );
}

function RenameDialog(props: { batch: BatchView; actions: BatchActions; onClose: () => void }) {
  const [name, setName] = useState(props.batch.name ?? '');
  return (
    <Confirm
      title={translate('renameTitle')}
      yes={translate('save')}
      no={translate('close')}
      isReady={name.trim() !== ''}
      act={() => props.actions.rename(name.trim())}
      onClose={props.onClose}
    >
      <label class="dialog-field">
        {translate('newName')}
        <input maxLength={200} value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
    </Confirm>
  );
}

/** SKUs a request. */
const PAGE = 200;

/** The form, filled in as the batch was. */
async function copyOf(client: StudioClient, id: string) {
  const path = `batches/${encodeURIComponent(id)}`;
  const batch = await client.get<BatchView>(path);
  const skus: SkuView[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = `limit=${PAGE}${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const page = await client.get<{ items: SkuView[]; nextCursor: string | null }>(`${path}/skus?${query}`);
    skus.push(...page.items);
    cursor = page.nextCursor;
  }
  return draftOf(batch, skus);
}
