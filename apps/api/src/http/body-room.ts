import { busy } from './busy.ts';
import { ProblemError } from './problem-error.ts';

/** The memory that request bodies and what is read from them may take, all requests together. */
export interface BodyRoom {
  /** For one request; nothing is held yet. */
  open(): HeldBody;
}

export interface HeldBody {
  /** Counts bytes as they arrive, so that a promise of 20 MB holds nothing. `false`: there is no room for them. */
  grow(bytes: number): boolean;
  /**
   * Resolves when this body may be parsed and handled: at once when it is small, else when its turn has come. Rejects
   * when it is released before.
   */
  turn(): Promise<void>;
  /** Gives everything back; calling it again does nothing. */
  release(): void;
}

export interface BodyRoomLimits {
  /** Of all bodies that have arrived, whole or in part, and are not answered yet. */
  bytes: number;
  /** Bodies above this wait for their turn … */
  largeBytes: number;
  /** … and so many have it at once. */
  largeAtOnce: number;
}

/**
 * Twelve submissions of the largest size. Measured with thirty at once, each parsed as it came: 2.1 GB, and nobody else
 * was answered for 2.9 s. Parsing two at a time is as fast on the whole, because it is the CPU that they wait for.
 */
const LIMITS: BodyRoomLimits = { bytes: 256 * 1024 * 1024, largeBytes: 1024 * 1024, largeAtOnce: 2 };

export function createBodyRoom(limits: BodyRoomLimits = LIMITS): BodyRoom {
  let held = 0;
  let largeNow = 0;
  const waiting: { enter(): void; leave(): void }[] = [];

  return {
    open() {
      let mine = 0;
      let hasTurn = false;
      let place: (typeof waiting)[number] | undefined;
      return {
        grow(bytes) {
          if (held + bytes > limits.bytes) return false;
          held += bytes;
          mine += bytes;
          return true;
        },
        async turn() {
          if (mine <= limits.largeBytes || hasTurn) return;
          if (largeNow < limits.largeAtOnce) {
            largeNow += 1;
            hasTurn = true;
            return;
          }
          // Whoever ends hands its turn on, so the count stays.
          await new Promise<void>((resolve, reject) => {
            place = {
              enter() {
                hasTurn = true;
                resolve();
              },
              leave: () => reject(clientLeft()),
            };
            waiting.push(place);
          });
        },
        release() {
          held -= mine;
          mine = 0;
          if (place !== undefined && waiting.includes(place)) {
            waiting.splice(waiting.indexOf(place), 1);
            place.leave();
          }
          if (!hasTurn) return;
          hasTurn = false;
          const next = waiting.shift();
          if (next) next.enter();
          else largeNow -= 1;
        },
      };
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
