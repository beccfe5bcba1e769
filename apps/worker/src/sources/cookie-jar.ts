/** Cookies of one download: suppliers set them on a redirect and want to see them at its target. */
export interface CookieJar {
  /** Takes what an answer from `url` sets. */
  keep(url: URL, setCookie: readonly string[] | undefined): void;
  /** The header for a request to `url`; `undefined` without cookies for it. */
  headerFor(url: URL): string | undefined;
}

const MAX_COOKIES = 30;
const MAX_COOKIE_CHARS = 4096;

/** A jar that lives as long as one download. A cookie goes back to the host that set it, and below the `Domain` it names. */
export function createCookieJar(): CookieJar {
  const cookies = new Map<string, { pair: string; domain: string; below: boolean; isSecure: boolean }>();
  return {
    keep(url, setCookie = []) {
      for (const text of setCookie) {
        const [pair = '', ...attributes] = text.split(';').map((part) => part.trim());
        const name = pair.slice(0, Math.max(0, pair.indexOf('=')));
        if (name === '' || text.length > MAX_COOKIE_CHARS || cookies.size >= MAX_COOKIES) continue;
        const wanted = attributes
          .find((one) => /^domain=/i.test(one))
          ?.slice('domain='.length)
          .replace(/^\./, '')
          .toLowerCase();
        // Never for a whole top-level domain, and never for a host that did not set it.
        const isOwn =
          wanted?.includes('.') && (url.hostname === wanted || url.hostname.endsWith(`.${wanted}`));
        const domain = wanted !== undefined && isOwn ? wanted : url.hostname;
        const isSecure = attributes.some((one) => /^secure$/i.test(one));
        cookies.set(`${domain} ${name}`, { pair, domain, below: isOwn === true, isSecure });
      }
    },
    headerFor({ hostname, protocol }) {
      const fitting = [...cookies.values()].filter(
        ({ domain, below, isSecure }) =>
          (hostname === domain || (below && hostname.endsWith(`.${domain}`))) &&
          (!isSecure || protocol === 'https:'),
      );
      return fitting.length === 0 ? undefined : fitting.map(({ pair }) => pair).join('; ');
    },
  };
}
