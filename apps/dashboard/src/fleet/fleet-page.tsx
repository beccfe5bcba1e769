import { useMe } from '../api/use-me.ts';
import type { Studio } from '../studio.ts';
import { translate } from '../text/translate.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { useTitle } from '../ui/use-title.ts';
import { BoardButton } from './board-button.tsx';
import type { FleetView, QuotaView, WorkerView } from './fleet-state.ts';
import { HealthList } from './health-list.tsx';
import { ModelTable, type ModelView } from './model-table.tsx';
import { PaceChart } from './pace-chart.tsx';
import { QueueTable } from './queue-table.tsx';
import { QuotaFacts } from './quota-facts.tsx';
import { QuotaForm } from './quota-form.tsx';
import { usePoll } from './use-poll.ts';
import { WorkerCard } from './worker-card.tsx';
import './fleet-page.css';

/** Often enough to see the pace move. */
const POLL_MS = 2_500;

/** Who works, on what, how fast, and whether everything below them is well. */
export function FleetPage({ studio }: { studio: Studio }) {
  useTitle(translate('fleet'));
  const fleet = usePoll<FleetView>(studio, 'fleet', POLL_MS);
  const quota = usePoll<QuotaView>(studio, 'quota', POLL_MS);
  const workers = usePoll<{ items: WorkerView[] }>(studio, 'workers', POLL_MS);
  const models = usePoll<{ items: ModelView[] }>(studio, 'models', POLL_MS);
  const me = useMe(studio);
  const maySetQuota = me?.role === 'admin' && me.tenant === 'default';
  const problem = fleet.problem ?? quota.problem ?? workers.problem;
  return (
    <>
      <div class="fleet-head">
        <h1>{translate('fleet')}</h1>
        <BoardButton studio={studio} />
      </div>
      {problem && <ProblemNote title={translate('fleetFailed')} error={problem} />}
      <div class="fleet-panels" aria-busy={fleet.value === null}>
        <section class="fleet-panel fleet-wide" aria-labelledby="fleet-quota">
          <h2 id="fleet-quota">{translate('aiQuota')}</h2>
          {quota.value && fleet.value?.pace ? (
            <div class="fleet-quota">
              <PaceChart pace={fleet.value.pace} callsPerMinute={quota.value.callsPerMinute} />
              <QuotaFacts quota={quota.value} />
              {maySetQuota && <QuotaForm studio={studio} callsPerMinute={quota.value.callsPerMinute} />}
            </div>
          ) : (
            <Waiting room="quota" />
          )}
        </section>
        <section class="fleet-panel" aria-labelledby="fleet-health">
          <h2 id="fleet-health">{translate('health')}</h2>
          {fleet.value ? (
            <HealthList fleet={fleet.value} messages={quota.value?.messages ?? []} />
          ) : (
            <Waiting room="health" />
          )}
        </section>
        {/* Other tenants than the operator's are told of none. */}
        {fleet.value?.queues !== null && (
          <section class="fleet-panel" aria-labelledby="fleet-queues">
            <h2 id="fleet-queues">{translate('queues')}</h2>
            {fleet.value ? <QueueTable queues={fleet.value.queues} /> : <Waiting room="queues" />}
          </section>
        )}
        {(models.value?.items.length ?? 0) > 1 && (
          <section class="fleet-panel fleet-wide" aria-labelledby="fleet-models">
            <h2 id="fleet-models">{translate('models')}</h2>
            <ModelTable {...{ studio, maySetQuota }} models={models.value?.items ?? []} />
          </section>
        )}
      </div>
      <section class="fleet-workers" aria-labelledby="fleet-workers">
        <h2 id="fleet-workers">{translate('workersTitle')}</h2>
        {workers.value === null && <Waiting room="workers" />}
        {workers.value?.items.length === 0 && <p class="note">{translate('noWorkers')}</p>}
        {workers.value && workers.value.items.length > 0 && (
          <ul>
            {workers.value.items.map((worker) => (
              <WorkerCard key={worker.id} worker={worker} />
            ))}
          </ul>
        )}
      </section>
    </>
  );
}

/** The room of a part that is on its way, as high as the part will be. */
function Waiting({ room }: { room: 'quota' | 'health' | 'queues' | 'workers' }) {
  return <div class={`waiting-room fleet-waiting-${room}`} aria-hidden="true" />;
}
