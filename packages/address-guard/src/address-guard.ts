import type { LookupAddress } from 'node:dns';
import { lookup as resolveHost } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { type Said, StageError, say } from '@image-studio/contract';
import type { OptionsInit } from 'got';
import { addressFault } from './address-fault.ts';
import { isPrivateName } from './is-private-name.ts';

export interface AddressGuardOptions {
  /** Lets everything through except other protocols and credentials: tests and compose only. */
  allowPrivate: boolean;
  /** Exact origins, e.g. `http://127.0.0.1:4567`, whose address and port are not questioned. */
  allowOrigins: readonly string[];
  /**
   * Ports of all other origins. Default 80 and 443, plus 8080 and 8443, where some suppliers' image servers are. Any
   * port at all would turn the fetcher into a probe for mail, Redis and SSH servers on public hosts.
   */
  ports?: readonly number[];
  /** Every address of a host name; the system's resolver unless a test brings its own. */
  resolve?: (hostname: string) => Promise<LookupAddress[]>;
}

/** Decides where requests on behalf of a client may go; the same one serves photo downloads and webhooks. */
export interface AddressGuard {
  /** Throws `SOURCE_FORBIDDEN_ADDRESS` for what the URL alone gives away: protocol, credentials, port, IP literal. */
  check(url: URL): void;
  /** Options for got that check every request, every redirect and every resolved address. */
  gotOptions: Pick<OptionsInit, 'hooks' | 'http2' | 'dnsCache'>;
}

const DEFAULT_PORTS = new Map([
  ['http:', 80],
  ['https:', 443],
]);
const WEB_PORTS = [80, 443, 8080, 8443];

/**
 * Resolved addresses are checked in the very lookup that connect uses, all of them, and connect gets that same list:
 * between check and connect there is no second question that a rebinding name server could answer differently.
 */
export function createAddressGuard(options: AddressGuardOptions): AddressGuard {
  const allowed = new Set(options.allowOrigins.map((origin) => new URL(origin).origin));
  const resolve = options.resolve ?? ((hostname) => resolveHost(hostname, { all: true }));
  const ports = options.ports ?? WEB_PORTS;
  const mayBePrivate = (url: URL) => options.allowPrivate || allowed.has(url.origin);

  function check(url: URL): void {
    const defaultPort = DEFAULT_PORTS.get(url.protocol);
    if (defaultPort === undefined) {
      throw forbidden(say`${url.protocol} addresses are not fetched, only http: and https:`);
    }
    if (url.username || url.password) {
      throw forbidden(say`the address on ${url.host} carries a user name or password, which is not allowed`);
    }
    if (mayBePrivate(url)) return;
    const port = url.port === '' ? defaultPort : Number(url.port);
    if (!ports.includes(port)) {
      const list = ports.join(', ');
      throw forbidden(say`port ${port} of ${url.hostname} is not a web port (${list})`);
    }
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal)) refuseBad(url.hostname, [literal]);
    // RFC 6761: these never mean anything but this machine, so nobody need ask a name server first.
    else if (/(^|\.)localhost\.?$/.test(url.hostname)) throw leadsTo(url.hostname, 'loopback');
    else if (isPrivateName(url.hostname))
      throw forbidden(say`${url.hostname} is a private name, which is not allowed`);
  }

  /** Runs before each request and each redirect hop. The lookup is set per hop, because it depends on the origin. */
  function guardHop(hop: { url?: string | URL | undefined; dnsLookup?: unknown }): void {
    if (!hop.url) throw forbidden(say`the request has no address`);
    const url = new URL(hop.url);
    check(url);
    hop.dnsLookup = mayBePrivate(url) ? lookupWith(resolve) : lookupWith(publicOnly(resolve));
  }

  return {
    check,
    gotOptions: {
      hooks: { beforeRequest: [guardHop], beforeRedirect: [guardHop] },
      // Both would bypass the lookup above.
      http2: false,
      dnsCache: false,
    },
  };
}

/** One bad answer among good ones is an attack or a broken zone; either way nobody connects. */
function refuseBad(host: string, addresses: readonly string[]): void {
  for (const address of addresses) {
    const fault = addressFault(address);
    // The address itself stays out: it would tell an outsider what our private DNS answers.
    if (fault) throw leadsTo(host, fault);
  }
}

function leadsTo(host: string, fault: string): StageError {
  return forbidden(
    /^(unspecified|ISATAP)/.test(fault)
      ? say`${host} leads to an ${fault} address, which is not allowed`
      : say`${host} leads to a ${fault} address, which is not allowed`,
  );
}

type Resolve = (hostname: string) => Promise<LookupAddress[]>;

/**
 * Rejects unless all addresses of a name are public ones. A name that our resolver knows and does not tell outsiders is
 * refused like one that does not exist, word for word and with the same retries: a client that submits addresses could
 * otherwise find out which machines we have. What it was is in `cause`, for our own log.
 */
function publicOnly(resolve: Resolve): Resolve {
  return async (hostname) => {
    try {
      const answers = await resolve(hostname);
      if (answers.length === 0) throw new Error('it has no address');
      refuseBad(
        hostname,
        answers.map(({ address }) => address),
      );
      return answers;
    } catch (cause) {
      const message = say`the name ${hostname} leads to no public address`;
      throw new StageError('SOURCE_UNREACHABLE', message, { verdict: 'retry', cause });
    }
  };
}

/** A `lookup` for `net.connect` that hands over exactly the list that `resolve` answered. */
function lookupWith(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname)
      .then((answers) => answers.filter(({ family }) => isWanted(family, options.family)))
      .then(
        (answers) => answer(hostname, answers, options.all === true, callback),
        (error: Error) => callback(error, '', 0),
      );
  };
}

/** Node asks for 0, 4, 6, `IPv4`, `IPv6` or nothing in particular. */
function isWanted(family: number, asked: number | 'IPv4' | 'IPv6' | undefined): boolean {
  return !asked || family === asked || asked === `IPv${family}`;
}

function answer(
  hostname: string,
  answers: LookupAddress[],
  all: boolean,
  callback: Parameters<LookupFunction>[2],
): void {
  const [first] = answers;
  if (!first) {
    callback(Object.assign(new Error(`no address for ${hostname}`), { code: 'ENOTFOUND' }), '', 0);
  } else if (all) callback(null, answers);
  else callback(null, first.address, first.family);
}

function forbidden(message: Said): StageError {
  return new StageError('SOURCE_FORBIDDEN_ADDRESS', message, { verdict: 'fail' });
}
