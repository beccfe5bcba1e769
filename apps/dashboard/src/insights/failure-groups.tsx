import type { BatchSummary } from '@image-studio/contract';
import { useContext } from 'preact/hooks';
import { MayChange } from '../api/may-change.ts';
import type { StudioClient } from '../api/studio-client.ts';
import { HelpLink } from '../help/help-link.tsx';
import type { SkuFilter } from '../state/batch-state.ts';
import { checkHelp, checkName } from '../text/check-words.ts';
import { failureAdvice, failureName } from '../text/failure-words.ts';
import { formatCount } from '../text/format.ts';
import { serverWords } from '../text/server-words.ts';
import { translate } from '../text/translate.ts';
import { FailedRows } from './failed-rows.tsx';
import { type SharedPhotoActions, SharedPhotos } from './shared-photos.tsx';
import './failure-groups.css';

/** Failures by reason, each with the way to see them and to try them again; then the checks that were not passed. */
export function FailureGroups(props: {
  client: StudioClient;
  /** Of the batch, in the API. */
  path: string;
  summary: BatchSummary | null;
  filter: SkuFilter;
  onFilter: (filter: SkuFilter) => void;
  onRetry: (reason: string) => void;
  sharedPhotoActions: SharedPhotoActions;
}) {
  const { client, path, summary, filter, onFilter, onRetry, sharedPhotoActions } = props;
  const mayChange = useContext(MayChange);
  if (summary === null) return <div class="panel-body waiting-room" />;
  const { failures, checks, sharedPhotos = [] } = summary;
  if (failures.length + checks.length + sharedPhotos.length === 0) {
    return (
      <p class="panel-body panel-none">
        <span>✓ {translate('noFailures')}</span>
      </p>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it
    <section class="panel-body" tabIndex={0} aria-labelledby="panel-failures">
      <ul class="groups">
        {failures.map(({ code, count, example }) => {
          const isShown = filter.reason === code;
          return (
            <li key={code} title={`${example.sku}: ${serverWords(example)}`}>
              <span class="groups-count">{formatCount(count)}</span>
              <span class="groups-words">
                <span>
                  <strong>{failureName(code)}</strong>{' '}
                  <HelpLink about={`failure_${code}`} name={failureName(code)} />
                </span>
                <span class="soft">{failureAdvice(code)}</span>
              </span>
              <span class="groups-actions">
                <button
                  type="button"
                  aria-pressed={isShown}
                  onClick={() => onFilter(isShown ? {} : { state: 'failed', reason: code })}
                >
                  {translate('showThem')}
                </button>
                {mayChange && (
                  <button type="button" onClick={() => onRetry(code)}>
                    {translate('retryGroup')}
                  </button>
                )}
              </span>
            </li>
          );
        })}
      </ul>
      {failures.length > 0 && <FailedRows client={client} path={path} />}
      {checks.length > 0 && (
        <>
          <h3 class="groups-title">{translate('failingChecks')}</h3>
          <ul class="groups">
            {checks.map(({ rule, count }) => (
              <li key={rule}>
                <span class="groups-count groups-count-review">{formatCount(count)}</span>
                <span class="groups-words">
                  <span>
                    <strong>{checkName(rule)}</strong>{' '}
                    <HelpLink about={`check_${rule}`} name={checkName(rule)} />
                  </span>
                  <span class="soft">{checkHelp(rule)}</span>
                </span>
                <span class="groups-actions">
                  <button
                    type="button"
                    aria-pressed={filter.rule === rule}
                    onClick={() => onFilter(filter.rule === rule ? {} : { rule })}
                  >
                    {translate('showThem')}
                  </button>
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      <SharedPhotos photos={sharedPhotos} actions={sharedPhotoActions} />
    </section>
  );
}
