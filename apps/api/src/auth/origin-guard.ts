import type { IncomingMessage } from 'node:http';
import { parseUrl } from '@image-studio/contract';
import { ProblemError } from '../http/problem-error.ts';

/** Throws 403 for requests that a foreign web page made a browser send. */
export type OriginGuard = (request: Pick<IncomingMessage, 'headers' | 'method'>) => void;

/**
 * Two doors a web page could come through, both closed. DNS rebinding: without keys the `Host` must be a loopback
 * name, which an attacker's domain pointed at 127.0.0.1 is not. Cross-site requests: a browser that changes something,
 * or opens a socket, names its `Origin`, and that must be our own host or `PUBLIC_URL`.
 */
export function createOriginGuard(options: { open: boolean; publicUrl: string | undefined }): OriginGuard {
  const publicHost = options.publicUrl === undefined ? undefined : new URL(options.publicUrl).host;
  return ({ headers, method }) => {
    const host = headers.host ?? '';
    if (options.open && !isLoopbackName(host)) {
      throw new ProblemError(
        403,
        'FOREIGN_HOST',
        'Without API_KEYS this server answers only to loopback names such as localhost or 127.0.0.1.',
      );
    }
    if (headers.origin === undefined || (isSafe(method) && headers.upgrade === undefined)) return;
    const origin = parseUrl(headers.origin)?.host ?? '';
    if (origin !== '' && (origin === host || origin === publicHost)) return;
    throw new ProblemError(403, 'FOREIGN_ORIGIN', 'Requests from pages of another origin are not taken.');
  };
}

const isSafe = (method: string | undefined): boolean => method === 'GET' || method === 'HEAD';

/** `localhost`, its subdomains, 127.0.0.0/8 and [::1], with or without a port. */
function isLoopbackName(host: string): boolean {
  const url = parseUrl(`http://${host}`);
  if (url === null) return false;
  const name = url.hostname.replace(/\.$/, '');
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(name)
  );
}
