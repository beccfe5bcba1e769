import type { Request, Response } from 'express';
import { ProblemError } from '../http/problem-error.ts';
import { addressBlock } from './address-block.ts';
import type { Audit } from './audit.ts';
import { authenticate, unauthorized } from './authenticate.ts';
import type { Caller } from './caller.ts';
import type { KeyRing } from './key-ring.ts';
import type { Principal } from './principal.ts';
import { type Allowance, createRateLimit } from './rate-limit.ts';

type Identify = (ring: KeyRing, headers: Request['headers']) => Principal;

/** Finds out who comes in, by whatever door, and whether that is still within its limit. Both throw 401 or 429. */
export interface Admission {
  /** A request, by `identify` (default: its bearer key); sets the headers that tell what is left. */
  request(
    request: Request,
    response: Response,
    asked: Caller['asked'],
    identify?: Identify | undefined,
  ): Principal;
  /** A web socket that names its key. */
  socket(key: unknown, caller: Caller): Principal;
  /** One more request of somebody who was let in before. */
  again(principal: Principal): void;
}

/** Most requests a minute with a wrong key, or none, from one address: enough for a client whose key was just changed. */
const STRANGERS_PER_MINUTE = 600;
/** Pairs of address and key remembered; the one that has been quiet longest is forgotten first. */
const MAX_ACQUAINTED = 10_000;

/**
 * `perMinute` requests for each key, 0 for no limit. Without keys there is none: everybody is on this machine.
 *
 * Requests without a known key are counted by address, over REST, sockets and Bull Board together. An address that has guessed too often is
 * believed only the keys that it has used before: a limiter that still told the right key from wrong ones would slow nobody
 * down, and one that turned the address away would lock out everybody behind the same proxy.
 */
export function createAdmission(ring: KeyRing, perMinute: number, audit: Audit): Admission {
  const keys = createRateLimit(perMinute);
  const strangers = createRateLimit(
    perMinute > 0 ? Math.min(STRANGERS_PER_MINUTE, perMinute) : STRANGERS_PER_MINUTE,
  );
  const acquainted = new Set<string>();

  function identified(caller: Caller, identify: () => Principal): Principal {
    if (ring.open) return identify();
    const address = addressBlock(caller.ip);
    const found = outcomeOf(identify);
    if (found.principal !== undefined && isBelieved(address, found.principal)) return found.principal;
    const problem = tooMany(strangers.take(address), 'Without a known key this address has') ?? found.error;
    audit.refusal(`${caller.door} ${address}`, { caller, status: problem.status });
    throw problem;
  }

  function isBelieved(address: string, { keyId }: Principal): boolean {
    const pair = `${address} ${keyId}`;
    const isKnown = acquainted.delete(pair);
    if (!isKnown && strangers.isSpent(address)) return false;
    acquainted.add(pair);
    if (acquainted.size > MAX_ACQUAINTED) acquainted.delete(acquainted.values().next().value as string);
    return true;
  }

  function count(principal: Principal, caller: Caller | undefined, tell: (left: Allowance) => void): void {
    if (ring.open || perMinute === 0) return;
    const allowance = keys.take(principal.keyId);
    tell(allowance);
    const problem = tooMany(allowance, 'This key has');
    if (problem === null) return;
    if (caller !== undefined)
      audit.refusal(`${caller.door} ${principal.keyId}`, { caller, principal, status: problem.status });
    throw problem;
  }

  return {
    request(request, response, asked, identify = authenticate) {
      const caller = {
        ip: request.socket.remoteAddress,
        forwardedFor: request.headers['x-forwarded-for'] as string | undefined,
        door: 'request' as const,
        asked,
      };
      const principal = identified(caller, () => identify(ring, request.headers));
      count(principal, caller, (left) => response.set(headersOf(left)));
      response.locals.principal = principal;
      return principal;
    },
    socket(key, caller) {
      const principal = identified(caller, () => {
        const known = ring.principalOf(typeof key === 'string' ? key : undefined);
        if (known === null) throw unauthorized(typeof key === 'string');
        return known;
      });
      count(principal, caller, () => {});
      return principal;
    },
    again: (principal) => count(principal, undefined, () => {}),
  };
}

type Outcome = { principal: Principal; error: ProblemError } | { principal?: undefined; error: ProblemError };

/** A key that is right and not believed is refused in the words for a wrong one. */
function outcomeOf(identify: () => Principal): Outcome {
  try {
    return { principal: identify(), error: unauthorized(true) };
  } catch (error) {
    if (error instanceof ProblemError) return { error };
    throw error;
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

function tooMany({ limit, retryAfterSeconds }: Allowance, who: string): ProblemError | null {
  if (retryAfterSeconds === null) return null;
  return new ProblemError(429, 'RATE_LIMITED', `${who} sent more than ${limit} requests a minute.`, {
    headers: { 'retry-after': String(retryAfterSeconds) },
  });
}
