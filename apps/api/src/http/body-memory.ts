import { busy } from './busy.ts';
import { ProblemError } from './problem-error.ts';

/** The memory that request bodies and what is read from them may take, all requests together. */
export interface BodyMemory {
  /** For one request; nothing is held yet. */
  open(owner: BodyOwner): HeldBody;
}

/** Whose share a body counts against. */
export interface BodyOwner {
  tenant: string;
  keyId: string;
}

export interface HeldBody {
  /**
   * Counts bytes as they arrive, so that a promise of 20 MB holds nothing. `false`: there is no room for them, or they
   * would be more than the share of this key or tenant.
   */
  grow(bytes: number): boolean;
  /**
   * Resolves when this body may be parsed and handled: at once when it is small, else when its turn has come. Rejects
   * when it is released before.
   */
  turn(): Promise<void>;
  /** Gives everything back; calling it again does nothing. */
  release(): void;
}

export interface BodyMemoryLimits {
  /** Of all bodies that have arrived, whole or in part, and are not answered yet. */
  bytes: number;
  /** Bodies above this wait for their turn … */
  largeBytes: number;
  /** … and so many have it at once. */
  largeAtOnce: number;
}

/**
 * Twelve submissions of the largest size. Measured with thirty at once, each parsed as it came: 2.1 GB, and nobody else
 * was answered for 2.9 s. Parsing two at a time is as fast on the whole, because it is the CPU that they wait for. What
 * is parsed in a thread of its own is large.
 */
const LIMITS: BodyMemoryLimits = { bytes: 256 * 1024 * 1024, largeBytes: 512 * 1024, largeAtOnce: 2 };

/**
 * A key may hold as much as it leaves free, a tenant twice that (Choudhury and Hahne's dynamic thresholds, as switches
 * share their buffers): one key alone has half of the room, one tenant two thirds, and however many fill their shares,
 * somebody new finds some.
 */
const TENANT_SHARE = 2;

export function createBodyMemory(limits: BodyMemoryLimits = LIMITS): BodyMemory {
  let held = 0;
  let largeNow = 0;
  const bytesOf = createCounters();
  const turnsOf = createCounters();
  const waiting: { owner: BodyOwner; enter(): void; leave(): void }[] = [];

  /** The next turn is for the tenant that has fewest now, of its keys the one that has fewest, in the order of arrival. */
  function nextInTurn(): (typeof waiting)[number] | undefined {
    const [first, ...others] = waiting;
    const best = others.reduce((a, b) => (compareTurns(b.owner, a?.owner) < 0 ? b : a), first);
    if (best !== undefined) waiting.splice(waiting.indexOf(best), 1);
    return best;
  }

  function compareTurns(a: BodyOwner, b: BodyOwner | undefined): number {
    if (b === undefined) return -1;
    return (
      turnsOf.get(tenantOf(a)) - turnsOf.get(tenantOf(b)) || turnsOf.get(keyOf(a)) - turnsOf.get(keyOf(b))
    );
  }

  function count(counters: Counters, owner: BodyOwner, change: number): void {
    counters.add(tenantOf(owner), change);
    counters.add(keyOf(owner), change);
  }

  return {
    open(owner) {
      let mine = 0;
      let hasTurn = false;
      let place: (typeof waiting)[number] | undefined;
      const begin = () => {
        hasTurn = true;
        count(turnsOf, owner, 1);
      };
      return {
        grow(bytes) {
          const left = limits.bytes - held - bytes;
          if (bytesOf.get(keyOf(owner)) + bytes > left) return false;
          if (bytesOf.get(tenantOf(owner)) + bytes > left * TENANT_SHARE) return false;
          held += bytes;
          mine += bytes;
          count(bytesOf, owner, bytes);
          return true;
        },
        async turn() {
          if (mine <= limits.largeBytes || hasTurn) return;
          if (largeNow < limits.largeAtOnce) {
            largeNow += 1;
            begin();
            return;
          }
          // A request that ends hands its place to the next one, so the count of all stays.
          await new Promise<void>((resolve, reject) => {
            place = {
              owner,
              enter() {
                begin();
                resolve();
              },
              leave: () => reject(clientLeft()),
            };
            waiting.push(place);
          });
        },
        release() {
          held -= mine;
          count(bytesOf, owner, -mine);
          mine = 0;
          if (place !== undefined && waiting.includes(place)) {
            waiting.splice(waiting.indexOf(place), 1);
            place.leave();
          }
          if (!hasTurn) return;
          hasTurn = false;
          count(turnsOf, owner, -1);
          const next = nextInTurn();
          if (next) next.enter();
          else largeNow -= 1;
        },
      };
    },
  };
}

const tenantOf = ({ tenant }: BodyOwner): string => `tenant ${tenant}`;
const keyOf = ({ tenant, keyId }: BodyOwner): string => `key ${tenant} ${keyId}`;

interface Counters {
  get(name: string): number;
  add(name: string, change: number): void;
}

/** Counts by name; a name whose count is back at 0 is forgotten. */
function createCounters(): Counters {
  const counts = new Map<string, number>();
  const get = (name: string) => counts.get(name) ?? 0;
  return {
    get,
    add(name, change) {
      const now = get(name) + change;
      if (now === 0) counts.delete(name);
      else counts.set(name, now);
    },
  };
}

/** Nobody reads it; the log of requests does not call it a fault of ours. */
function clientLeft(): ProblemError {
  return new ProblemError(400, 'BODY_INCOMPLETE', 'The client left before the turn of its request.');
}

/** What a client is told whose body found no room. */
export function noRoom(): ProblemError {
  return busy('Too many large requests are being read at the moment; try again shortly.');
}
