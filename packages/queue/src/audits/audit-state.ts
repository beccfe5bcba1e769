import type { Fault, PictureMeasures } from '@image-studio/contract';
import { z } from 'zod';
import { MOST_EXAMPLES } from './audits.lua.ts';

/** What is known of an audit. Times in ms. */
export interface AuditState {
  id: string;
  tenant: string;
  name: string | null;
  profiles: string[];
  dialect: string;
  skus: number;
  pictures: number;
  measured: number;
  /** Pictures that fail a demand, by profile and demand; places of some of them. */
  findings: { profile: string; demand: string; count: number; examples: number[] }[];
  /** By profile: pictures that it refuses today, from a date on (ISO), or shows less well; each counted once, where it is worst. */
  failing: { profile: string; when: string; count: number }[];
  warnings: { path: string; message: string }[];
  status: 'running' | 'completed' | 'failed';
  createdAt: number;
  finishedAt: number | null;
  expiresAt: number | null;
}

/** One picture of an audit: its address, who shows it, and what was measured. */
export interface AuditedPicture {
  index: number;
  url: string;
  /** Places of SKUs that show it, at most ten, and of how many it is in all. */
  skus: number[];
  skuCount: number;
  isMain: boolean;
  result: PictureResult | null;
}

export interface PictureResult {
  measures: PictureMeasures;
  faults: Fault[];
  /** A small picture of it is in the store. */
  hasThumb: boolean;
}

const Warnings = z.array(z.object({ path: z.string(), message: z.string() }).loose());

/** Names of counters: `fault <profile> <demand>` and `when <profile> <today|date|advised>`. */
export const faultCounter = (profile: string, demand: string): string => `fault ${profile} ${demand}`;
export const whenCounter = (profile: string, when: string): string => `when ${profile} ${when}`;

/** The hash of an audit without its chore; `null` when there is none. */
export function readAuditHash(
  id: string,
  hash: Record<string, string>,
): Omit<AuditState, 'status' | 'finishedAt' | 'expiresAt'> | null {
  if (hash.tenant === undefined) return null;
  const findings: AuditState['findings'] = [];
  const failing: AuditState['failing'] = [];
  for (const [field, value] of Object.entries(hash)) {
    const [kind, profile = '', rest = ''] = field.split(' ');
    if (kind === 'when') failing.push({ profile, when: rest, count: Number(value) });
    if (kind !== 'fault') continue;
    const places = Array.from({ length: MOST_EXAMPLES }, (_, n) => hash[`eg ${field} ${n + 1}`]);
    const examples = places.flatMap((place) => (place === undefined ? [] : [Number(place)]));
    findings.push({ profile, demand: rest, count: Number(value), examples });
  }
  return {
    id,
    tenant: hash.tenant,
    name: hash.name || null,
    profiles: (hash.profiles ?? '').split(' ').filter(Boolean),
    dialect: hash.dialect ?? 'json',
    skus: Number(hash.skus ?? 0),
    pictures: Number(hash.pictures ?? 0),
    measured: Number(hash.measured ?? 0),
    findings: findings.sort((a, b) => b.count - a.count || (a.demand < b.demand ? -1 : 1)),
    failing,
    warnings: Warnings.parse(JSON.parse(hash.warnings ?? '[]')),
    createdAt: Number(hash.createdAt ?? 0),
  };
}
