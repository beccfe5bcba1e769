import type { SkuRecord, TimelineEntry } from '@image-studio/contract';
import { CODE_CHARACTER, NONE, STAGE_CHARACTER } from './sku-characters.ts';

/** What the scripts keep of a record for the summary of its batch; see `tally.lua.ts`. */
export interface Tally {
  stage: string;
  code: string;
  /** Names of the checks that the SKU or a picture of it fails, each once, one a line. */
  rules: string;
}

export function tallyOf(record: SkuRecord): Tally {
  const stage = record.failure?.stage ?? record.stage;
  const character = stage === null ? NONE : STAGE_CHARACTER[stage];
  const checks = [...(record.checks ?? []), ...record.images.flatMap((image) => image.checks)];
  const failing = checks.filter(({ pass }) => !pass);
  return {
    stage: record.images.length > 0 ? character.toUpperCase() : character,
    code: record.failure ? CODE_CHARACTER[record.failure.code] : NONE,
    rules: [...new Set(failing.map(({ rule }) => rule))].sort().join('\n'),
  };
}

/** How long the stages took that ran after `last`, as the scripts store it: `d1234`. */
export function timesSince(timeline: readonly TimelineEntry[], last: TimelineEntry | undefined): string[] {
  const from = last === undefined ? 0 : timeline.lastIndexOf(last) + 1;
  return timeline
    .slice(from)
    .filter(({ reused, error }) => !reused && error === undefined)
    .map(({ stage, ms }) => `${STAGE_CHARACTER[stage]}${Math.round(ms)}`);
}
