import type { WebhookDelivery } from '@image-studio/contract';
import { useState } from 'preact/hooks';
import { mayChange, useMe } from '../api/use-me.ts';
import { usePoll } from '../fleet/use-poll.ts';
import type { Studio } from '../studio.ts';
import { formatTime } from '../text/format.ts';
import { language, translate } from '../text/translate.ts';
import './webhook-panel.css';

const POLL_MS = 15_000;

/** What the batch has told its webhook, and how that went. Nothing for a batch without one. */
export function WebhookPanel({ studio, path }: { studio: Studio; path: string }) {
  const { value } = usePoll<{ items: WebhookDelivery[] }>(studio, `${path}/webhooks`, POLL_MS);
  const [sent, setSent] = useState<string | null>(null);
  const isAllowed = mayChange(useMe(studio));
  if (!value || value.items.length === 0) return null;
  const resend = (id: string): void => {
    setSent(id);
    void studio.client.post(`${path}/webhooks/${encodeURIComponent(id)}/resend`).catch(() => setSent(null));
  };
  return (
    <details class="webhook-panel small">
      <summary>{translate('webhooks')}</summary>
      <ul>
        {value.items.map((one) => (
          <li key={one.id}>
            <code>{one.event}</code> <b>{translate(`delivery_${one.status}`)}</b>{' '}
            <span class="soft">
              {formatTime(one.createdAt, language.get())} ·{' '}
              {translate('webhookAttempts', { n: one.attempts })}
              {one.lastStatusCode === null ? '' : ` · HTTP ${one.lastStatusCode}`}
              {one.lastError === null ? '' : ` · ${one.lastError}`} · {one.url}
            </span>
            {isAllowed && (
              <button type="button" disabled={sent === one.id} onClick={() => resend(one.id)}>
                {translate('webhookResend')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
