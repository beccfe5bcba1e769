/** How long things wait in the economy lane (ms). All are parts of an hour, so that a test may let an hour last a second. */
export interface EconomyTimes {
  /**
   * Parked calls of a batch that still prepares photos are packed when they fill a parcel, or when the first has waited for so long, or for
   * an eighth of the time that is left: many small parcels would bring nothing sooner.
   */
  gatherMs: number;
  /** When nothing has been parked for so long, no further calls are on their way. */
  quietMs: number;
  /** From one look at a provider batch to the next: a tenth of its age, between these two. */
  pollMs: number;
  mostPollMs: number;
  /** Longest wait for the answer to a small question; after it nobody knows whether the provider heard the question. */
  askMs: number;
  /** A step that failed is tried again after this: for an outage of the provider, of the store, of Redis. */
  faultMs: number;
  /** The list of the provider may lag: three looks over this time must not find a batch before it is created again. */
  lookMs: number;
  absentMs: number;
  /** A create that the provider refused is tried again after this. */
  refusedMs: number;
  /** No provider batch lives longer: pending and running batches expire after 48 hours. */
  gone: number;
  /** The operator is told of a provider that has not stopped this long after it was asked to. */
  stuckMs: number;
  /** Kept before the deadline: for cancelling a parcel, and for one call at least. */
  reserveMs: number;
  /** Lease on a parcel: so long after its process has died, or after `JOB_LOCK_MS`, another one takes it. */
  leaseMs: number;
}

/** However short an hour is, networks and processes take their time: a create that is on its way must not be taken for one that was not sent. */
const LEAST_LOOK_MS = 2000;
const LEAST_POLL_MS = 100;
const LEAST_ASK_MS = 3000;
const LEAST_LEASE_MS = 3000;
const LEAST_RESERVE_MS = 5000;

export function economyTimes(hourMs = 3_600_000): EconomyTimes {
  return {
    gatherMs: hourMs / 4,
    quietMs: Math.max(200, hourMs / 1800),
    pollMs: Math.max(LEAST_POLL_MS, hourMs / 720),
    mostPollMs: Math.max(LEAST_POLL_MS, hourMs / 60),
    askMs: Math.max(LEAST_ASK_MS, hourMs / 60),
    faultMs: hourMs / 60,
    lookMs: Math.max(LEAST_LOOK_MS, hourMs / 12),
    absentMs: Math.max(2 * LEAST_LOOK_MS, hourMs / 6),
    refusedMs: hourMs / 2,
    gone: 72 * hourMs,
    stuckMs: 2 * hourMs,
    reserveMs: Math.max(LEAST_RESERVE_MS, hourMs / 6),
    leaseMs: Math.max(LEAST_LEASE_MS, hourMs / 240),
  };
}
