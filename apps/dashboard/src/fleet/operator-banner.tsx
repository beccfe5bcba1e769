import type { Studio } from '../studio.ts';
import { translate } from '../text/translate.ts';
import type { QuotaView, WorkerView } from './fleet-state.ts';
import { fleetWarnings } from './fleet-warnings.ts';
import { FLEET_POLL_MS, usePoll } from './use-poll.ts';
import './operator-banner.css';

/** What stops the whole fleet, above every page: a paused queue, a bad key, no worker. */
export function OperatorBanner({ studio }: { studio: Studio }) {
  const { value: quota } = usePoll<QuotaView>(studio, 'quota', FLEET_POLL_MS);
  const { value: workers } = usePoll<{ items: WorkerView[] }>(studio, 'workers', FLEET_POLL_MS);
  const warnings = fleetWarnings(quota, workers?.items.length ?? null);
  return (
    <div class="operator" role="status">
      {warnings.length > 0 && (
        <div class="operator-inner">
          <div>
            {warnings.map((warning) => (
              <p key={warning}>{warning}</p>
            ))}
          </div>
          <a href="#/fleet">{translate('fleet')}</a>
        </div>
      )}
    </div>
  );
}
