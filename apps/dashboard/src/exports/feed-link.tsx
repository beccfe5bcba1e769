import { useContext, useEffect, useState } from 'preact/hooks';
import { MayChange } from '../api/may-change.ts';
import { ProblemError } from '../api/problem-error.ts';
import type { StudioClient } from '../api/studio-client.ts';
import { translate } from '../text/translate.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import type { FeedState } from './exports.ts';

/** The link to the feed of a batch's name: made on demand, and revoked. */
export function FeedLink({ client, path }: { client: StudioClient; path: string }) {
  const mayChange = useContext(MayChange);
  const [feed, setFeed] = useState<FeedState | null>(null);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const orProblem = (error: unknown): void => {
    if (error instanceof ProblemError) setProblem(error);
  };
  useEffect(() => {
    const ending = new AbortController();
    client.get<FeedState>(`${path}/feed`, ending.signal).then(setFeed, orProblem);
    return () => ending.abort();
  }, [path]);
  const make = () => client.post<FeedState>(`${path}/feed`).then(setFeed, orProblem);
  const revoke = () =>
    client
      .delete(`${path}/feed`)
      .then(() => feed && setFeed({ ...feed, url: null, madeAt: null }), orProblem);
  if (feed?.url === null && !mayChange) return null;
  if (feed === null) return problem && <ProblemNote title={translate('feedFailed')} error={problem} />;
  return (
    <div class="export-feed">
      <h3>{translate('feed')}</h3>
      <p class="soft">{translate('feedHint', { name: feed.name })}</p>
      {feed.url === null ? (
        <button type="button" onClick={() => void make()}>
          {translate('feedMake')}
        </button>
      ) : (
        <>
          <input
            type="text"
            readOnly
            value={feed.url}
            aria-label={translate('feed')}
            onFocus={(event) => event.currentTarget.select()}
          />
          {mayChange && feed.madeAt !== null && (
            <button
              type="button"
              class="danger"
              title={translate('feedRevokeHint')}
              onClick={() => void revoke()}
            >
              {translate('feedRevoke')}
            </button>
          )}
        </>
      )}
      {problem && <ProblemNote title={translate('feedFailed')} error={problem} />}
    </div>
  );
}
