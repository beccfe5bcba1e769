import type { Studio } from '../studio.ts';
import { translate } from '../text/translate.ts';
import type { QuotaView, WorkerView } from './fleet-state.ts';
import { FLEET_POLL_MS, usePoll } from './use-poll.ts';
import './fleet-strip.css';

/** How many work and how much of the quota is used, in one line that leads to the fleet's page. */
export function FleetStrip({ studio }: { studio: Studio }) {
  const { value: quota } = usePoll<QuotaView>(studio, 'quota', FLEET_POLL_MS);
  const { value: workers } = usePoll<{ items: WorkerView[] }>(studio, 'workers', FLEET_POLL_MS);
  return (
    <p class="fleet-strip small soft">
      {quota && workers && <a href="#/fleet">{summaryOf(quota, workers.items.length)}</a>}
      <a class="fleet-strip-audits" href="#/audits">
        {translate('audits')}
      </a>
    </p>
  );
}

function summaryOf(quota: QuotaView, workers: number): string {
  const count = translate('workers', { n: workers });
  const use = { used: quota.callsLastMinute, allowed: quota.callsPerMinute };
  return `${count} · ${translate('quotaUse', use)}`;
}
