import type { AuditView, Finding } from '@image-studio/contract';
import { useContext, useState } from 'preact/hooks';
import { MayChange } from '../api/may-change.ts';
import { useDownload } from '../api/use-download.ts';
import { usePoll } from '../fleet/use-poll.ts';
import type { Studio } from '../studio.ts';
import { SourceWarnings } from '../submit/source/source-warnings.tsx';
import { profileTitle } from '../text/profile-title.ts';
import { language, translate } from '../text/translate.ts';
import { Confirm } from '../ui/confirm.tsx';
import { navigate } from '../ui/navigate.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { useTitle } from '../ui/use-title.ts';
import { auditName } from './audits-page.tsx';
import { BatchOfFailures } from './batch-of-failures.tsx';
import { FailingCounts } from './failing-counts.tsx';
import { FindingCard } from './finding-card.tsx';
import type { Wanted } from './wanted.ts';
import './audits.css';

const POLL_MS = 1_500;

/** One check: how far it is, how many pictures fail, and each fault with examples. */
export function AuditPage({ studio, id }: { studio: Studio; id: string }) {
  const { value: audit, problem } = usePoll<AuditView>(studio, `audits/${encodeURIComponent(id)}`, POLL_MS);
  useTitle(audit ? auditName(audit) : translate('audits'));
  const mayChange = useContext(MayChange);
  const downloads = useDownload(studio.client);
  const [isDeleting, setDeleting] = useState(false);
  const [wanted, setWanted] = useState<Wanted | null>(null);
  if (audit === null) {
    return (
      <>
        <h1>{translate('audits')}</h1>
        {problem ? (
          <ProblemNote title={translate('auditFailed')} error={problem} />
        ) : (
          <p>{translate('loading')}</p>
        )}
      </>
    );
  }
  const { total, measured } = audit.pictures;
  const isRunning = audit.status === 'running';
  const file = `audits/${id}/export?format=xlsx&language=${language.get()}`;
  return (
    <>
      <a class="audit-back small" href="#/audits">
        {translate('auditBack')}
      </a>
      <div class="audit-head">
        <h1>{auditName(audit)}</h1>
        <div class="audit-buttons">
          <button
            type="button"
            disabled={downloads.busy !== null}
            onClick={() => void downloads.fetchFile(file, `audit-${id}.xlsx`)}
          >
            {translate('auditExport')}
          </button>
          {mayChange && (
            <button type="button" onClick={() => setDeleting(true)}>
              {translate('auditDelete')}
            </button>
          )}
        </div>
      </div>
      {downloads.problem && <ProblemNote title={translate('actionFailed')} error={downloads.problem} />}
      <p class="small soft" role="status">
        {translate('auditProgress', { done: measured, total })} · {translate('auditSkus', { n: audit.skus })}
      </p>
      {isRunning && <progress class="audit-progress" max={total} value={measured} />}
      {audit.status === 'failed' && <p class="note note-failed">{translate('auditStopped')}</p>}
      <SourceWarnings warnings={audit.warnings} />
      <FailingCounts audit={audit} />
      {audit.findings.length === 0 && (
        <p class="note">{translate(isRunning ? 'auditNothingYet' : 'auditNothingFound')}</p>
      )}
      {audit.profiles.map((profile) => {
        const findings = audit.findings.filter((finding) => finding.profile === profile).toSorted(byWeight);
        if (findings.length === 0) return null;
        const title = profileTitle({ id: profile, title: profile });
        return (
          <section key={profile} aria-label={`${translate('auditFindings')}: ${title}`}>
            <div class="audit-head">
              <h2>{title}</h2>
              {mayChange && findings.some(({ level }) => level === 'refused') && (
                <button type="button" class="primary" onClick={() => setWanted({ profile })}>
                  {translate('auditMakeAll')}
                </button>
              )}
            </div>
            <ul class="audit-findings">
              {findings.map((finding) => (
                <FindingCard
                  key={`${finding.rule} ${finding.level} ${finding.from} ${finding.until}`}
                  {...{ finding }}
                  onMakeBatch={mayChange ? () => setWanted({ profile, rule: finding.rule }) : null}
                />
              ))}
            </ul>
          </section>
        );
      })}
      {isDeleting && (
        <Confirm
          title={translate('auditDeleteQuestion')}
          yes={translate('auditDelete')}
          no={translate('close')}
          isDanger
          act={() => studio.client.delete(`audits/${id}`).then(() => navigate('#/audits'))}
          onClose={() => setDeleting(false)}
        >
          <p>{translate('auditDeleteHint')}</p>
        </Confirm>
      )}
      {wanted && (
        <BatchOfFailures
          client={studio.client}
          auditId={id}
          wanted={wanted}
          onClose={() => setWanted(null)}
        />
      )}
    </>
  );
}

/** What is refused today first, then what will be, then advice; each in the order of the answer. */
function byWeight(a: Finding, b: Finding): number {
  const weight = ({ level, from }: Finding): number => (level !== 'refused' ? 2 : from === null ? 0 : 1);
  return weight(a) - weight(b);
}
