import {
  type AuditPicture,
  type AuditView,
  type Demand,
  demandKey,
  type FailingCount,
  type Fault,
  type FaultView,
  type Finding,
  findProfile,
} from '@image-studio/contract';
import type { AuditedPicture, AuditState } from '@image-studio/queue';
import { auditThumbKey } from '@image-studio/storage';
import type { Links } from '../views/links.ts';

type Pieces = {
  /** Pictures that findings show as examples, by their places. */
  examples: ReadonlyMap<number, AuditedPicture>;
  /** Codes of SKUs by their places. */
  codes: ReadonlyMap<number, string>;
  links: Pick<Links, 'object' | 'audit'>;
  /** ISO date. */
  today: string;
};

/** What a client sees of an audit. A date that has come is today's. */
export async function viewAudit(state: AuditState, pieces: Pieces): Promise<AuditView> {
  const findings = await Promise.all(state.findings.map((finding) => viewFinding(state, finding, pieces)));
  return {
    id: state.id,
    name: state.name,
    status: state.status,
    profiles: state.profiles,
    dialect: state.dialect,
    skus: state.skus,
    pictures: { total: state.pictures, measured: state.measured },
    failing: state.profiles.map((profile) => countFailing(state, profile, pieces.today)),
    findings: findings.filter(({ until }) => until === null || until > pieces.today),
    warnings: state.warnings,
    createdAt: iso(state.createdAt),
    finishedAt: state.finishedAt === null ? null : iso(state.finishedAt),
    expiresAt: state.expiresAt === null ? null : iso(state.expiresAt),
    links: pieces.links.audit(state.id),
  };
}

async function viewFinding(
  state: AuditState,
  { profile, demand: key, count, examples }: AuditState['findings'][number],
  { examples: known, codes, links, today }: Pieces,
): Promise<Finding> {
  const fault = viewFault({ profile, demand: key, measured: '' }, today);
  const demand = demandOf(profile, key);
  const shown = await Promise.all(
    examples.flatMap((place) => {
      const picture = known.get(place);
      return picture ? [viewExample(state.id, picture, codes, links)] : [];
    }),
  );
  return {
    profile,
    rule: fault.rule,
    level: fault.level,
    from: fault.from,
    until: demand?.until ?? null,
    least: demand?.least ?? null,
    most: demand?.most ?? null,
    formats: demand?.formats ?? null,
    mainOnly: demand?.of === 'main',
    source: demand?.source ?? null,
    readAt: demand?.date ?? null,
    count,
    examples: shown,
  };
}

async function viewExample(
  id: string,
  { index, url, skus, result }: AuditedPicture,
  codes: ReadonlyMap<number, string>,
  links: Pick<Links, 'object'>,
): Promise<Finding['examples'][number]> {
  const thumbUrl = result?.hasThumb ? await links.object(auditThumbKey(id, index)) : null;
  return { index, url, sku: codes.get(skus[0] ?? -1) ?? '', thumbUrl };
}

/** One picture as a list shows it. */
export function viewPicture(
  { index, url, skus, skuCount, isMain, result }: AuditedPicture,
  codes: ReadonlyMap<number, string>,
  today: string,
): AuditPicture {
  return {
    index,
    url,
    skus: skus.flatMap((place) => codes.get(place) ?? []),
    skuCount,
    isMain,
    measures: result?.measures ?? null,
    faults: (result?.faults ?? []).map((fault) => viewFault(fault, today)),
  };
}

export function viewFault({ profile, demand, measured }: Fault, today: string): FaultView {
  const [name = '', date] = demand.split('@');
  return {
    profile,
    rule: name.replace('!', '') as FaultView['rule'],
    level: name.endsWith('!') ? 'advised' : 'refused',
    from: date === undefined || date <= today ? null : date,
    measured,
  };
}

/** `undefined` for `link` and `image`, which all profiles ask, and for what a newer version has measured. */
export function demandOf(profile: string, key: string): Demand | undefined {
  return findProfile(profile)?.demands?.find((demand) => demandKey(demand) === key);
}

function countFailing({ failing }: AuditState, profile: string, today: string): FailingCount {
  const own = failing.filter((one) => one.profile === profile);
  const sum = (of: (when: string) => boolean) =>
    own.reduce((total, { when, count }) => total + (of(when) ? count : 0), 0);
  const isDate = (when: string) => /^\d/.test(when);
  const dates = [
    ...new Set(own.map(({ when }) => when).filter((when) => isDate(when) && when > today)),
  ].sort();
  return {
    profile,
    today: sum((when) => when === 'today' || (isDate(when) && when <= today)),
    later: dates.map((date) => ({ date, count: sum((when) => when === date) })),
    advised: sum((when) => when === 'advised'),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
