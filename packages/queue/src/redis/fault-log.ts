import type { RedisGate } from './redis-gate.ts';

type Warn = (fields: object, message: string) => void;

/** The same fault is told of again after this long, with the number of times that it came up meanwhile. */
const QUIET_MS = 60_000;
/** Different faults remembered at once. */
const MOST = 200;

/**
 * Returns `warn` for faults that may come in their thousands: an outage of Redis is left to the gate, which tells of
 * it once; anything else is told when it comes up, and then once a minute with its count.
 */
export function createFaultLog(
  log: { warn: Warn },
  gate: Pick<RedisGate, 'note'>,
): (error: unknown, message: string) => void {
  const told = new Map<string, { at: number; repeated: number }>();
  return (error, message) => {
    if (gate.note(error) !== null) return;
    const kind = `${message}: ${error instanceof Error ? error.message : String(error)}`.replace(IDS, '#');
    const now = performance.now();
    const last = told.get(kind);
    if (last && now - last.at < QUIET_MS) {
      last.repeated += 1;
      return;
    }
    if (told.size >= MOST) told.clear();
    told.set(kind, { at: now, repeated: 0 });
    log.warn(last?.repeated ? { err: error, repeated: last.repeated } : { err: error }, message);
  };
}

/** Ids of jobs and batches, digests, numbers: what sets one case of a fault apart from the next. */
const IDS = /[\w-]*\d[\w-]*/g;
