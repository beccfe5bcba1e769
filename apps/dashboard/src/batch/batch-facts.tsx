import type { BatchView, EconomyProgress, HistoryBucket, StageSummary } from '@image-studio/contract';
import type { ComponentChildren } from 'preact';
import { imagesPerMinute, type PaceSample, rememberedPace } from '../state/pace.ts';
import { formatCount, formatDate, formatEta, formatSeconds, formatTime } from '../text/format.ts';
import { language, translate } from '../text/translate.ts';
import { Meter } from '../ui/meter.tsx';
import type { BatchActions } from './batch-actions.ts';
import type { BatchStanding } from './batch-standing.ts';
import { BudgetFact } from './budget-fact.tsx';
import type { Quota } from './quota.ts';
import './batch-facts.css';

/** What one wants to know of a batch at a glance, beside its counts. */
export function BatchFacts(props: {
  batch: BatchView;
  standing: BatchStanding;
  stages: readonly StageSummary[] | null;
  pace: readonly PaceSample[];
  history: readonly HistoryBucket[];
  quota: Quota | null;
  economy: EconomyProgress | undefined;
  actions: BatchActions;
}) {
  const { batch, standing, stages, pace, history, quota, economy, actions } = props;
  const { counts, images, calls, finishedAt } = batch;
  const ended = counts.total - counts.waiting - counts.active;
  const rate = pacePerMinute(batch, pace, history);
  return (
    <dl class="facts">
      <Fact name={translate('skus')} note={percent(ended, counts.total)}>
        {formatCount(ended)} / {formatCount(counts.total)}
      </Fact>
      <Fact
        name={translate('pictures')}
        note={`${formatCount(images.done)} / ${formatCount(images.expected)}`}
      >
        {rate === null
          ? '–'
          : translate('perMinute', { n: rate < 100 ? rate.toFixed(1) : formatCount(Math.round(rate)) })}
      </Fact>
      {finishedAt === null && <InWork active={counts.active} stages={stages} />}
      <BudgetFact batch={batch} actions={actions} />
      <Fact
        name={translate('calls')}
        note={translate('reusedCalls', { n: calls.reused })}
        hint={translate('callsDetail', calls)}
      >
        {formatCount(calls.made)}
      </Fact>
      {finishedAt === null ? (
        <TimeLeft {...{ batch, standing, economy }} />
      ) : (
        <Fact name={translate('took')} {...keptUntil(batch)}>
          {formatSeconds(tookMs(batch, finishedAt) / 1_000)}
        </Fact>
      )}
      {/* What has ended makes no calls. */}
      {finishedAt === null && <QuotaFact quota={quota} />}
    </dl>
  );
}

/** Of one that cannot go on nobody knows; of one in the economy lane all that is known is when it should be there. */
function TimeLeft(props: {
  batch: BatchView;
  standing: BatchStanding;
  economy: EconomyProgress | undefined;
}) {
  const { batch, standing, economy } = props;
  const isGoing = standing === 'running' || standing === 'queued';
  if (isGoing && economy && !economy.isReleased)
    return (
      <Fact name={translate('eta')} note={translate('etaEconomy')}>
        {translate('etaDeadline', { date: formatTime(economy.deadline, language.get()) })}
      </Fact>
    );
  return (
    <Fact name={translate('eta')}>
      {batch.eta && isGoing ? formatEta(batch.eta) : translate('etaUnknown')}
    </Fact>
  );
}

/** When it will be forgotten, beneath how long it took. */
function keptUntil({ expiresAt }: BatchView): { note?: string } {
  if (expiresAt === null) return {};
  return { note: `${translate('keptUntil')} ${formatDate(expiresAt, language.get())}` };
}

function Fact(props: { name: string; note?: string; hint?: string; children: ComponentChildren }) {
  return (
    <div class="fact" title={props.hint}>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
      {props.note && <dd class="fact-note">{props.note}</dd>}
    </div>
  );
}

/** SKUs that somebody works on, and beneath them those that wait for an answer of the AI model or for quota. */
function InWork({ active, stages }: { active: number; stages: readonly StageSummary[] | null }) {
  const waiting = Math.min(active, stages?.find(({ stage }) => stage === 'generate')?.active ?? 0);
  return (
    <Fact name={translate('inWork')} note={stages ? translate('waitForAi', { n: waiting }) : ' '}>
      {stages ? translate('beingMade', { n: active - waiting }) : '–'}
    </Fact>
  );
}

/** Room is kept for it while it is read, so that nothing jumps. */
function QuotaFact({ quota }: { quota: Quota | null }) {
  const share = quota ? quota.callsLastMinute / Math.max(1, quota.callsPerMinute) : 0;
  const use = quota && {
    used: formatCount(quota.callsLastMinute),
    allowed: formatCount(quota.callsPerMinute),
  };
  return (
    <div class="fact" title={translate('quotaHint')}>
      <dt>{translate('quota')}</dt>
      <dd>{quota ? `${Math.round(share * 100)} %` : '–'}</dd>
      <dd class="fact-note">{use ? translate('quotaOf', use) : ' '}</dd>
      <dd>
        <Meter share={share} />
      </dd>
    </div>
  );
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${Math.floor((part * 100) / whole)} %`;
}

/** Of the last minute while it runs, of the whole once it has ended. */
function pacePerMinute(
  batch: BatchView,
  pace: readonly PaceSample[],
  history: readonly HistoryBucket[],
): number | null {
  if (batch.finishedAt === null) {
    return imagesPerMinute(pace, Date.now()) ?? rememberedPace(history, Date.now());
  }
  const ms = tookMs(batch, batch.finishedAt);
  return ms > 0 ? (batch.images.done * 60_000) / ms : null;
}

function tookMs({ createdAt }: BatchView, finishedAt: string): number {
  return Date.parse(finishedAt) - Date.parse(createdAt);
}
