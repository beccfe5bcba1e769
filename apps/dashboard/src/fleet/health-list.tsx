import { formatMs } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import type { FleetView, PartHealth } from './fleet-state.ts';
import './health-list.css';

/** Whether Redis and the object store answer. */
export function HealthList({ fleet }: { fleet: FleetView }) {
  return (
    <ul class="health">
      <Part name="Redis" part={fleet.redis} />
      <Part name={translate('objectStore')} part={fleet.store} />
    </ul>
  );
}

function Part({ name, part }: { name: string; part: PartHealth }) {
  return (
    <li class={part.ok ? 'health-part' : 'health-part health-bad'}>
      <strong>{name}</strong>
      <span>{part.ok ? translate('answersIn', { time: formatMs(part.ms) }) : part.message}</span>
    </li>
  );
}
