/** How long things wait in the economy lane (ms). All are parts of an hour, so that a test may let an hour last a second. */
export interface EconomyTimes {
  /** Parked calls are packed when none has come for so long, or the first has waited for so long. */
  quietMs: number;
  gatherMs: number;
  /** From one look at a batch of the provider's to the next. */
  pollMs: number;
  /** The list of the provider may lag: three looks over this time must not find a batch before it is created again. */
  lookMs: number;
  absentMs: number;
  /** What was refused, or could not be found out, is tried again after this. */
  refusedMs: number;
  /** Nothing of the provider's lives longer: pending and running batches expire after 48 hours. */
  gone: number;
  /** A provider that was asked to stop and has not by then is told of. */
  stuckMs: number;
  /** Kept for the end of a parcel that is cancelled at the deadline, and for a call at least. */
  reserveMs: number;
}

export function economyTimes(hourMs = 3_600_000): EconomyTimes {
  return {
    quietMs: hourMs / 12,
    gatherMs: hourMs / 4,
    pollMs: hourMs / 60,
    lookMs: hourMs / 12,
    absentMs: hourMs / 6,
    refusedMs: hourMs / 2,
    gone: 72 * hourMs,
    stuckMs: 2 * hourMs,
    reserveMs: hourMs / 6,
  };
}
