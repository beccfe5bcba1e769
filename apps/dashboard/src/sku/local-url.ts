/**
 * The address of a result as this page may load it. The API builds links from its public address; a page that was
 * opened under another name of the same server (localhost, a tunnel) may only load images from its own origin.
 * Addresses of an object store stay as they are. `self` is the batch's own link.
 */
export function localUrl(url: string, self: string | undefined): string {
  if (!self || !URL.canParse(self) || !URL.canParse(url)) return url;
  const { origin, pathname, search } = new URL(url);
  return origin === new URL(self).origin ? `${pathname}${search}` : url;
}
