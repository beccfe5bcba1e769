import type { Studio } from '../studio.ts';
import { translate } from '../text/translate.ts';
import type { QuotaView, WorkerView } from './fleet-state.ts';
import { usePoll } from './use-poll.ts';
import './fleet-strip.css';

const POLL_MS = 10_000;

/** How many work and how much of the quota is used, in one line that leads to the fleet's page. */
export function FleetStrip({ studio: { client } }: { studio: Studio }) {
  const { value: quota } = usePoll<QuotaView>(client, 'quota', POLL_MS);
  const { value: workers } = usePoll<{ items: WorkerView[] }>(client, 'workers', POLL_MS);
  return (
    <p class="fleet-strip small soft">
      {quota && workers && <a href="#/fleet">{summaryOf(quota, workers.items.length)}</a>}
    </p>
  );
}

function summaryOf(quota: QuotaView, workers: number): string {
  const count = translate('workers', { n: workers });
  const use = { used: quota.callsLastMinute, allowed: quota.callsPerMinute };
  return `${count} · ${translate('quotaUse', use)}`;
}
