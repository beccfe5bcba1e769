import type { Request, Response } from 'express';
import { ProblemError } from '../http/problem-error.ts';
import { authenticate } from './authenticate.ts';
import type { KeyRing } from './key-ring.ts';
import type { Principal } from './principal.ts';
import { type Allowance, createRateLimit } from './rate-limit.ts';

/** Finds out who sends a request, by `identify`, and whether it may send one more. Throws 401 or 429. */
export type Admission = (request: Request, response: Response, identify?: Identify) => Principal;
type Identify = (ring: KeyRing, headers: Request['headers']) => Principal;

/** Most requests a minute with a wrong key, or none, from one address: enough for a client whose key was just changed. */
const STRANGERS_PER_MINUTE = 600;

/**
 * `perMinute` requests for each key, 0 for no limit. Without keys there is none: everybody is on this machine. Who has
 * no key is counted by address, so guessing keys is slow, and only what a guesser sends is held up.
 */
export function createAdmission(ring: KeyRing, perMinute: number): Admission {
  const keys = createRateLimit(perMinute);
  const strangers = createRateLimit(Math.min(STRANGERS_PER_MINUTE, perMinute));
  const isLimited = !ring.open && perMinute > 0;

  return (request, response, identify = authenticate) => {
    const principal = identified(request, identify);
    response.locals.principal = principal;
    if (isLimited) {
      const allowance = keys.take(principal.keyId);
      response.set(headersOf(allowance));
      refuseIfSpent(allowance, 'This key has');
    }
    return principal;
  };

  function identified(request: Request, identify: Identify): Principal {
    try {
      return identify(ring, request.headers);
    } catch (error) {
      if (isLimited)
        refuseIfSpent(
          strangers.take(request.socket.remoteAddress ?? ''),
          'Without a known key this address has',
        );
      throw error;
    }
  }
}

/** As the IETF draft that libraries understand has them (draft-ietf-httpapi-ratelimit-headers-06). */
function headersOf({ limit, remaining, resetSeconds }: Allowance): Record<string, string> {
  return {
    'ratelimit-policy': `${limit};w=60`,
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(resetSeconds),
  };
}

function refuseIfSpent({ limit, retryAfterSeconds }: Allowance, who: string): void {
  if (retryAfterSeconds === null) return;
  throw new ProblemError(429, 'RATE_LIMITED', `${who} sent more than ${limit} requests a minute.`, {
    headers: { 'retry-after': String(retryAfterSeconds) },
  });
}
