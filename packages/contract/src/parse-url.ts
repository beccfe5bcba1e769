/**
 * The URL that a text is, against `base` where one is given; null when it is none.
 *
 * Never `URL.canParse`: once Node 20 and 22 have compiled its caller, it says no to hosts with letters such as `ü`
 * (their fast path takes Latin-1 for UTF-8), and every such address of a busy process is refused.
 */
export function parseUrl(text: string, base?: string | URL): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}
