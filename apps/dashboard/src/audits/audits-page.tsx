import type { AuditView } from '@image-studio/contract';
import { useContext } from 'preact/hooks';
import { MayChange } from '../api/may-change.ts';
import { usePoll } from '../fleet/use-poll.ts';
import type { Studio } from '../studio.ts';
import audits from '../text/en/audits.json' with { type: 'json' };
import { formatTime } from '../text/format.ts';
import { learnTexts } from '../text/messages.ts';
import { profileTitle } from '../text/profile-title.ts';
import { language, translate } from '../text/translate.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { useTitle } from '../ui/use-title.ts';
import { FailingCounts } from './failing-counts.tsx';
import { StartAudit } from './start-audit.tsx';
import './audits.css';

learnTexts(audits);

const POLL_MS = 3_000;

export type BriefAudit = Omit<AuditView, 'findings' | 'warnings'>;

/** Where a check of a shop's pictures begins, and those of before. */
export function AuditsPage({ studio }: { studio: Studio }) {
  useTitle(translate('audits'));
  const mayStart = useContext(MayChange);
  const { value, problem } = usePoll<{ items: BriefAudit[] }>(studio, 'audits', POLL_MS);
  return (
    <>
      <h1>{translate('audits')}</h1>
      <p class="soft audits-intro">{translate('auditsIntro')}</p>
      {mayStart && <StartAudit client={studio.client} />}
      {problem && <ProblemNote title={translate('auditsFailed')} error={problem} />}
      {value && (
        <section aria-labelledby="audits-earlier">
          <h2 id="audits-earlier">{translate('auditEarlier')}</h2>
          {value.items.length === 0 && <p class="note">{translate('auditNone')}</p>}
          <ul class="audit-list">
            {value.items.map((audit) => (
              <li key={audit.id}>
                <a class="audit-row" href={`#/audits/${audit.id}`}>
                  <span class="audit-row-name">{auditName(audit)}</span>
                  <span class="small soft">
                    {audit.profiles.map((id) => profileTitle({ id, title: id })).join(', ')} ·{' '}
                    {translate('auditProgress', {
                      done: audit.pictures.measured,
                      total: audit.pictures.total,
                    })}
                  </span>
                  <FailingCounts audit={audit} isBrief />
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

export function auditName({ name, createdAt }: Pick<AuditView, 'name' | 'createdAt'>): string {
  return name ?? translate('auditUnnamed', { date: formatTime(createdAt, language.get()) });
}
