import type { Failure } from '@image-studio/contract';
import { failureWords } from '../text/failure-words.ts';
import { language, translate } from '../text/translate.ts';
import './failure-text.css';

/** Why a SKU failed: in words, with the code, the server's own sentence, and what to do. */
export function FailureText({ failure }: { failure: Failure }) {
  const [title, advice] = failureWords[failure.code][language.get()];
  return (
    <div class="failure">
      <p>
        <strong>{title}</strong> <code>{failure.code}</code>
      </p>
      <p class="failure-message">{failure.message}</p>
      <p class="soft">
        {translate('whatToDo')}: {advice}
      </p>
    </div>
  );
}
