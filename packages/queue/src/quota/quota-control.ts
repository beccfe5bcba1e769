import type { Eta } from '@image-studio/contract';
import { estimateEta, type Pace } from '../batch-store/eta.ts';
import type { Database } from '../redis/database.ts';
import { type QuotaConfig, readQuota, readRecentCalls, writeQuota } from './quota.ts';
import type { QuotaView } from './quota-view.ts';

/** The fleet's quota of calls, as it is and as an operator changes it. */
export interface QuotaControl {
  quota(): Promise<QuotaView>;
  /** Changes the fleet's calls per minute without a restart; `null` goes back to what is configured. */
  setQuota(change: { callsPerMinute: number | null }): Promise<QuotaView>;
  /** Calls that left in each of the last twelve spans of five seconds, oldest first. */
  pace(): Promise<number[]>;
  /** How long so many further pictures would take, some of which need a call, beside everything that is queued. */
  estimate(calls: number, pictures: number): Promise<Eta | null>;
}

export function createQuotaControl(
  db: Database,
  config: QuotaConfig,
  readPace: () => Promise<Pace>,
): QuotaControl {
  return {
    quota: () => readQuota(db, config),
    async setQuota({ callsPerMinute }) {
      await writeQuota(db, callsPerMinute);
      return readQuota(db, config);
    },
    pace: () => readRecentCalls(db),
    estimate: (calls, pictures) => estimateCalls(readPace, calls, pictures),
  };
}

/** How long a batch of so many pictures, for some of which a call has to be made, would take if it were submitted now. */
async function estimateCalls(
  readPace: () => Promise<Pace>,
  calls: number,
  pictures: number,
): Promise<Eta | null> {
  const { backlog, ...pace } = await readPace();
  return estimateEta({
    callsLeft: calls,
    picturesLeft: pictures,
    callsLeftElsewhere: backlog,
    seen: null,
    ...pace,
  });
}
