import type { IncomingHttpHeaders } from 'node:http';
import { ProblemError } from '../http/problem-error.ts';
import type { KeyRing } from './key-ring.ts';
import type { Principal } from './principal.ts';

/** Finds out who sends a request by its bearer key; throws 401. */
export function authenticate(ring: KeyRing, headers: IncomingHttpHeaders): Principal {
  const key = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const principal = ring.principalOf(key);
  if (principal !== null) return principal;
  throw unauthorized(key !== undefined);
}

/** What somebody without a known key is told. */
export function unauthorized(gaveOne: boolean): ProblemError {
  return new ProblemError(
    401,
    'UNAUTHORIZED',
    gaveOne
      ? 'The key is not one of those that this server knows.'
      : 'This server wants a key: send the header "Authorization: Bearer <key>".',
    { headers: { 'www-authenticate': 'Bearer realm="image-studio"' } },
  );
}
