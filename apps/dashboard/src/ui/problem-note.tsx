import type { ProblemError } from '../api/problem-error.ts';
import { problemSentence } from '../text/problem-sentence.ts';
import { translate } from '../text/translate.ts';

/** An error of the API in the page: what failed, the server's own words, and a way on if there is one. */
export function ProblemNote(props: {
  title: string;
  error: ProblemError;
  onRetry?: (() => void) | undefined;
}) {
  return (
    <div class="note note-failed" role="alert">
      <strong>{props.title}</strong>
      <p>
        {problemSentence(props.error.problem)} <code>{props.error.problem.code}</code>
      </p>
      {props.onRetry && (
        <button type="button" onClick={props.onRetry}>
          {translate('tryAgain')}
        </button>
      )}
    </div>
  );
}
