import type { AuditView, Profile } from '@image-studio/contract';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ProblemError } from '../api/problem-error.ts';
import type { StudioClient } from '../api/studio-client.ts';
import { formatBytes } from '../text/format.ts';
import { profileTitle } from '../text/profile-title.ts';
import { translate } from '../text/translate.ts';
import { MAX_FILE_BYTES, useFileDrop } from '../ui/file-drop.ts';
import { navigate } from '../ui/navigate.ts';
import { ProblemNote } from '../ui/problem-note.tsx';

/** A table that is dropped or chosen, or a feed by its address, and what its pictures are to be held against. */
export function StartAudit({ client }: { client: StudioClient }) {
  const profiles = useDemandingProfiles(client);
  const [file, setFile] = useState<File | null>(null);
  const [feedUrl, setFeedUrl] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>(['google-merchant']);
  const drop = useFileDrop(({ files }) => setFile(files[0] ?? null));
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const isReady = (file !== null || feedUrl.trim() !== '') && chosen.length > 0 && !isBusy;

  const start = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const { id } = await submit(client, { file, feedUrl: feedUrl.trim(), profiles: chosen });
      navigate(`#/audits/${id}`);
    } catch (error) {
      if (error instanceof ProblemError) setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      class="audit-start"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) void start();
      }}
    >
      {/* Dropping is a shortcut; the button inside does the same. */}
      <div class={drop.isOver ? 'audit-drop audit-drop-over' : 'audit-drop'} {...drop.listeners}>
        <strong>{translate('auditTable')}</strong>
        <p class="small soft">{translate('auditTableHint')}</p>
        <input
          ref={picker}
          class="visually-hidden"
          type="file"
          tabIndex={-1}
          aria-label={translate('auditChooseFile')}
          accept=".csv,.tsv,.txt,.tab,.xlsx,.xlsm,.xml,.rss,.json,text/csv"
          onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
        />
        {file ? (
          <p>
            <strong>{file.name}</strong> <span class="soft small">{formatBytes(file.size)}</span>{' '}
            <button type="button" onClick={() => setFile(null)}>
              {translate('removeFile')}
            </button>
          </p>
        ) : (
          <div class="audit-source">
            <button type="button" onClick={() => picker.current?.click()}>
              {translate('auditChooseFile')}
            </button>
            <input
              type="url"
              aria-label={translate('auditFeed')}
              placeholder="https://shop.example/feed.xml"
              value={feedUrl}
              onInput={(event) => setFeedUrl(event.currentTarget.value)}
            />
          </div>
        )}
        {file && file.size > MAX_FILE_BYTES && (
          <p class="danger small" role="alert">
            {translate('fileTooLarge', { name: file.name, limit: formatBytes(MAX_FILE_BYTES) })}
          </p>
        )}
      </div>
      <fieldset class="audit-profiles">
        <legend>{translate('auditProfiles')}</legend>
        {profiles.map((profile) => (
          <label key={profile.id}>
            <input
              type="checkbox"
              checked={chosen.includes(profile.id)}
              onChange={(event) =>
                setChosen(
                  event.currentTarget.checked
                    ? [...chosen, profile.id]
                    : chosen.filter((id) => id !== profile.id),
                )
              }
            />
            {profileTitle(profile)}
          </label>
        ))}
      </fieldset>
      {problem && <ProblemNote title={translate('auditNotStarted')} error={problem} />}
      <button type="submit" class="primary" disabled={!isReady}>
        {translate(isBusy ? 'auditStarting' : 'auditStart')}
      </button>
    </form>
  );
}

async function submit(
  client: StudioClient,
  { file, feedUrl, profiles }: { file: File | null; feedUrl: string; profiles: readonly string[] },
): Promise<AuditView> {
  if (file === null) return client.post<AuditView>('audits', { source: { feedUrl }, profiles });
  const query = new URLSearchParams({ profile: profiles.join(','), name: file.name.slice(0, 200) });
  const contentType = file.name.endsWith('.json') ? 'application/json' : 'text/csv';
  return client.submit<AuditView>(`audits?${query}`, file, { contentType });
}

/** Profiles that demand something of pictures that are there. */
function useDemandingProfiles(client: StudioClient): readonly Profile[] {
  const [profiles, setProfiles] = useState<readonly Profile[]>([]);
  useEffect(() => {
    const ending = new AbortController();
    client.get<{ items: Profile[] }>('profiles', ending.signal).then(
      ({ items }) => setProfiles(items.filter(({ demands }) => (demands?.length ?? 0) > 0)),
      () => {},
    );
    return () => ending.abort();
  }, [client]);
  return profiles;
}
