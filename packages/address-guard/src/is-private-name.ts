/**
 * Top-level names that mean something only inside of a network: RFC 6762 appendix G, RFC 8375, ICANN's `internal`, and what
 * routers and Windows domains use.
 */
const PRIVATE_TOP_LEVELS = [
  'corp',
  'home',
  'home.arpa',
  'internal',
  'intranet',
  'lan',
  'local',
  'localdomain',
  'private',
];

/**
 * Whether a host name can only be a neighbour's, as its text tells: one word (public names have a dot), or below a private
 * top-level name. Such a name is refused without being looked up, so that nobody learns which of them exist.
 */
export function isPrivateName(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '').toLowerCase();
  if (!name.includes('.')) return true;
  return PRIVATE_TOP_LEVELS.some((top) => name.endsWith(`.${top}`));
}
