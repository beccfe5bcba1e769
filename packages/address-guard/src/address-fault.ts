import ipaddr from 'ipaddr.js';

/** Public addresses that only answer inside a cloud, with its secrets: Azure's wire server. */
const CLOUD_INTERNAL = new Set(['168.63.129.16']);

/** All of the IPv6 internet (IANA: 2000::/3 is the only global unicast block handed out). */
const GLOBAL_UNICAST_V6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Why a numeric address must not be fetched from, in words, or `undefined` when it is an ordinary public one. Anything
 * that hides an IPv4 address inside IPv6 (mapped, compatible, 6to4, NAT64, Teredo, ISATAP) is refused or unwrapped,
 * because a gateway on the way may unwrap it too (the hole in imgproxy before 4.0.12).
 */
export function addressFault(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return 'not an IP address';
  const ip = ipaddr.process(address);
  return ip instanceof ipaddr.IPv4 ? faultV4(ip) : faultV6(ip);
}

function faultV4(ip: ipaddr.IPv4): string | undefined {
  if (CLOUD_INTERNAL.has(ip.toString())) return 'cloud-internal';
  const range = ip.range();
  return range === 'unicast' ? undefined : inWords(range);
}

function faultV6(ip: ipaddr.IPv6): string | undefined {
  const range = ip.range();
  if (range !== 'unicast') return inWords(range);
  if (!ip.match(GLOBAL_UNICAST_V6)) return 'reserved';
  return isIsatap(ip) ? 'ISATAP' : undefined;
}

/** RFC 5214: the interface id is 0[0-3]00:5efe followed by an IPv4 address, in any prefix. */
function isIsatap(ip: ipaddr.IPv6): boolean {
  const [high, low] = ip.parts.slice(4, 6);
  return low === 0x5efe && high !== undefined && (high & 0xfcff) === 0;
}

/** `carrierGradeNat` becomes `carrier grade nat`; the two RFCs are NAT64's. */
function inWords(range: string): string {
  if (range.startsWith('rfc')) return 'NAT64';
  return range.replace(/\B([A-Z])/g, ' $1').toLowerCase();
}
