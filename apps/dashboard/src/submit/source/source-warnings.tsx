import { faultSentence } from '../../text/problem-sentence.ts';
import { serverPlace } from '../../text/server-words.ts';
import { translate } from '../../text/translate.ts';
import type { Fault } from '../faults/parse-lines.ts';
import '../faults/fault-list.css';

/** A table can have hundreds; the first ones show the pattern. */
const MOST_SHOWN = 12;

/** Whether a warning is about what was submitted, not about how it is to be made. */
export function isAboutSource(path: string): boolean {
  return /^(lines? |encoding|sheet|table|body|columns|skus)/.test(path);
}

/** What was left out, cut, mended or is doubtful, before anything is submitted. */
export function SourceWarnings({ warnings }: { warnings: readonly Fault[] }) {
  const about = warnings.filter(({ path }) => isAboutSource(path));
  return (
    <div role="status">
      {about.length > 0 && (
        <div class="note note-warning faults">
          <strong>{translate('sourceWarnings', { n: about.length })}</strong>
          <ul>
            {about.slice(0, MOST_SHOWN).map((fault, place) => (
              <li key={place}>
                <code>{serverPlace(fault.path)}</code> {faultSentence(fault)}
              </li>
            ))}
          </ul>
          {about.length > MOST_SHOWN && (
            <p class="soft">{translate('formMoreFaults', { n: about.length - MOST_SHOWN })}</p>
          )}
        </div>
      )}
    </div>
  );
}
