import { formatBytes } from '../text/format.ts';
import { problemSentence } from '../text/problem-sentence.ts';
import { serverWords } from '../text/server-words.ts';
import { translate } from '../text/translate.ts';
import { fileName } from './local-file.ts';
import type { Uploader, UploadProgress } from './uploader.ts';

/** Failed files that are listed. */
const MOST_SHOWN = 50;

/** How far the photos have come, and what can be done about it. */
export function UploadBar(props: { uploader: Uploader; progress: UploadProgress; onRemove: () => void }) {
  const { uploader, progress } = props;
  const { files, bytes, doneFiles, doneBytes, failed, isPaused, pausedFor, known } = progress;
  const isDone = doneFiles + failed.length >= files;
  const said = translate(isDone ? 'uploadDone' : isPaused ? 'uploadPaused' : 'uploadRunning', {
    done: doneFiles,
    files,
  });
  return (
    <div class="upload">
      <div class="upload-head">
        <strong role="status">{said}</strong>
        <span class="soft small">
          {translate('uploadBytes', { done: formatBytes(doneBytes), all: formatBytes(bytes) })}
          {known > 0 && ` · ${translate('uploadKnown', { n: known })}`}
        </span>
        <span class="upload-buttons">
          {!isDone && (
            <button type="button" onClick={() => (isPaused ? uploader.resume() : uploader.pause())}>
              {translate(isPaused ? 'uploadResume' : 'uploadPause')}
            </button>
          )}
          {failed.length > 0 && (
            <button type="button" onClick={() => uploader.retry()}>
              {translate('uploadRetry', { n: failed.length })}
            </button>
          )}
          <button type="button" onClick={props.onRemove}>
            {translate('removeFile')}
          </button>
        </span>
      </div>
      <progress class="upload-progress" max={Math.max(bytes, 1)} value={doneBytes} aria-label={said} />
      {pausedFor && (
        <p class="danger small" role="alert">
          {translate('uploadStopped', { why: problemSentence(pausedFor.problem) })}
        </p>
      )}
      {failed.length > 0 && (
        <details class="small">
          <summary class="danger">{translate('uploadFailed', { n: failed.length })}</summary>
          <ul class="upload-failed">
            {failed.slice(0, MOST_SHOWN).map(({ path, message }) => (
              <li key={path}>
                <code>{fileName(path)}</code> {serverWords({ message })}
              </li>
            ))}
          </ul>
          {failed.length > MOST_SHOWN && translate('formMoreFaults', { n: failed.length - MOST_SHOWN })}
        </details>
      )}
    </div>
  );
}
