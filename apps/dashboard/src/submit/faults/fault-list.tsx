import { faultSentence } from '../../text/problem-sentence.ts';
import { serverPlace } from '../../text/server-words.ts';
import { translate } from '../../text/translate.ts';
import type { Fault } from './parse-lines.ts';
import './fault-list.css';

/** A batch of 10,000 SKUs can have 10,000 faults; the first ones show the pattern. */
const MOST_SHOWN = 20;

/** What has to be corrected, each with its place. */
export function FaultList({ faults }: { faults: Fault[] }) {
  return (
    <div role="alert">
      {faults.length > 0 && (
        <div class="note note-failed faults">
          <strong>{translate('formFaults', { n: faults.length })}</strong>
          <ul>
            {faults.slice(0, MOST_SHOWN).map((fault, place) => (
              <li key={place}>
                <code>{serverPlace(fault.path)}</code> {faultSentence(fault)}
              </li>
            ))}
          </ul>
          {faults.length > MOST_SHOWN && (
            <p class="soft">{translate('formMoreFaults', { n: faults.length - MOST_SHOWN })}</p>
          )}
        </div>
      )}
    </div>
  );
}
