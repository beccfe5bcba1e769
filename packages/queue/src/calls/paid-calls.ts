import type { Database } from '../redis/database.ts';
import { findPaid, type NamedCall } from './find-paid.ts';
import { recallSources, type SourceIdentity } from './source-digests.ts';

/** What a quote asks: which calls are paid for, and which photos are known. */
export interface PaidCalls {
  /** Digests of the photos last prepared from these URLs, `null` where nothing is known; for quotes. */
  recallSources(sources: SourceIdentity[]): Promise<(string | null)[]>;
  /** Which of these calls are paid for already. */
  findPaid(tenant: string, calls: readonly NamedCall[]): Promise<boolean[]>;
}

export function createPaidCalls(db: Database): PaidCalls {
  return {
    recallSources: (sources) => recallSources(db, sources),
    findPaid: (tenant, calls) => findPaid(db, tenant, calls),
  };
}
