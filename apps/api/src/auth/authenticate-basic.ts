import type { IncomingHttpHeaders } from 'node:http';
import { ProblemError } from '../http/problem-error.ts';
import { authenticate } from './authenticate.ts';
import type { KeyRing } from './key-ring.ts';
import type { Principal } from './principal.ts';

/** Holds a ticket of `KeyRing.ticketFor`. */
export const TICKET_COOKIE = 'image-studio-ticket';

/**
 * For pages that a browser opens by itself, where nobody can add a bearer header: the key may also be the password
 * of HTTP Basic, whatever the user name, or a ticket in a cookie, which the dashboard fetches with its key. Throws 401 that makes the browser ask.
 */
export function authenticateBasic(ring: KeyRing, headers: IncomingHttpHeaders): Principal {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(headers.authorization ?? '')?.[1];
  if (encoded === undefined && headers.authorization !== undefined) return authenticate(ring, headers);
  if (encoded === undefined) {
    const ticket = cookieOf(headers.cookie, TICKET_COOKIE);
    const known = ticket === undefined ? null : ring.principalOfTicket(ticket, Date.now());
    if (known !== null) return known;
  }
  const pair = Buffer.from(encoded ?? '', 'base64').toString('utf8');
  const principal = ring.principalOf(encoded === undefined ? undefined : pair.slice(pair.indexOf(':') + 1));
  if (principal !== null) return principal;
  throw new ProblemError(
    401,
    'UNAUTHORIZED',
    'This page wants a key: give it as the password, with any user name.',
    {
      headers: { 'www-authenticate': 'Basic realm="Image Studio: the key is the password", charset="UTF-8"' },
    },
  );
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  return header
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}
