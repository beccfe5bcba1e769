import type { AuditView } from '@image-studio/contract';
import { formatCount, formatDate } from '../text/format.ts';
import { profileTitle } from '../text/profile-title.ts';
import { language, translate } from '../text/translate.ts';

/** How many pictures each profile refuses, today and from which day on; each picture counts once. */
export function FailingCounts({
  audit,
  isBrief = false,
}: {
  audit: Pick<AuditView, 'failing' | 'pictures'>;
  isBrief?: boolean;
}) {
  return (
    <span class={isBrief ? 'audit-counts audit-counts-brief' : 'audit-counts'}>
      {audit.failing.map(({ profile, today, later, advised }) => {
        const bad = today + advised + later.reduce((sum, { count }) => sum + count, 0);
        return (
          <span key={profile} class="audit-profile">
            {!isBrief && (
              <strong class="audit-profile-name">{profileTitle({ id: profile, title: profile })}</strong>
            )}
            {today > 0 && <Count kind="failed" n={today} words={translate('auditToday')} />}
            {later.map(({ date, count }) => (
              <Count
                key={date}
                kind="review"
                n={count}
                words={translate('auditLater', { date: formatDate(date, language.get()) })}
              />
            ))}
            {advised > 0 && !isBrief && (
              <Count kind="advised" n={advised} words={translate('auditAdvised')} />
            )}
            <Count kind="completed" n={audit.pictures.measured - bad} words={translate('auditGood')} />
          </span>
        );
      })}
    </span>
  );
}

function Count({ kind, n, words }: { kind: string; n: number; words: string }) {
  return (
    <span class={`audit-count audit-count-${kind}`}>
      <b>{formatCount(n)}</b> <span class="small">{words}</span>
    </span>
  );
}
