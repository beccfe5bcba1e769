import { faultSentence } from '../../text/problem-sentence.ts';
import { serverPlace } from '../../text/server-words.ts';
import type { Fault } from './parse-lines.ts';

/** Faults right under the field that they are about. */
export function FaultLines({ faults }: { faults: readonly Fault[] }) {
  return (
    <div role="alert">
      {faults.map((fault) => (
        <p key={`${fault.path} ${fault.message}`} class="danger small">
          <code>{serverPlace(fault.path)}</code> {faultSentence(fault)}
        </p>
      ))}
    </div>
  );
}
