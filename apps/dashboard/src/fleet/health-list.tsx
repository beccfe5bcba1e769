import { formatMs } from '../text/format.ts';
import { serverWords } from '../text/server-words.ts';
import { translate } from '../text/translate.ts';
import type { FleetView, OperatorMessage, PartHealth } from './fleet-state.ts';
import { isOnlyToKnow, operatorSentence } from './operator-sentence.ts';
import './health-list.css';

/** Whether Redis and the object store answer, and what cannot be known of them. */
export function HealthList({ fleet, messages }: { fleet: FleetView; messages: OperatorMessage[] }) {
  return (
    <ul class="health">
      <Part name="Redis" part={fleet.redis} />
      <Part name={translate('objectStore')} part={fleet.store} />
      {messages.filter(isOnlyToKnow).map((message) => (
        <li key={message.code} class="health-part">
          {operatorSentence(message)}
        </li>
      ))}
    </ul>
  );
}

function Part({ name, part }: { name: string; part: PartHealth }) {
  return (
    <li class={part.ok ? 'health-part' : 'health-part health-bad'}>
      <strong>{name}</strong>
      <span>
        {part.ok
          ? translate('answersIn', { time: formatMs(part.ms) })
          : serverWords({ message: part.message })}
      </span>
    </li>
  );
}
