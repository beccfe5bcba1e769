import type { Failure } from '@image-studio/contract';
import { HelpLink } from '../help/help-link.tsx';
import { failureAdvice, failureName } from '../text/failure-words.ts';
import { serverWords } from '../text/server-words.ts';
import { translate } from '../text/translate.ts';
import './failure-text.css';

/** Why a SKU failed: in words, with the code, the server's own sentence, and what to do. */
export function FailureText({ failure }: { failure: Failure }) {
  return (
    <div class="failure">
      <p>
        <strong>{failureName(failure.code)}</strong> <code>{failure.code}</code>{' '}
        <HelpLink about={`failure_${failure.code}`} name={failureName(failure.code)} />
      </p>
      <p class="failure-message">{serverWords(failure)}</p>
      <p class="soft">
        {translate('whatToDo')}: {failureAdvice(failure.code)}
      </p>
    </div>
  );
}
