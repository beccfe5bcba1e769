/**
 * The address of the file behind a share link of Google Drive, Dropbox or OneDrive, which itself shows a page. All other
 * addresses stay as they are.
 */
export function directAddress(url: URL): URL {
  const host = url.hostname.toLowerCase();
  if (host === 'drive.google.com' || host === 'docs.google.com') return drive(url);
  if (host === 'www.dropbox.com' || host === 'dropbox.com') return dropbox(url);
  if (host === '1drv.ms' || host === 'onedrive.live.com') return oneDrive(url);
  if (host.endsWith('.sharepoint.com') && /^\/:i:\//.test(url.pathname))
    return withParameter(url, 'download', '1');
  return url;
}

/** `/file/d/<id>/view`, `/open?id=<id>`, `/uc?id=<id>`. */
function drive(url: URL): URL {
  const id = /^\/file\/(?:u\/\d+\/)?d\/([\w-]{10,})/.exec(url.pathname)?.[1] ?? idOf(url);
  if (id === undefined) return url;
  const direct = new URL('https://drive.google.com/uc?export=download');
  direct.searchParams.set('id', id);
  const key = url.searchParams.get('resourcekey');
  if (key !== null) direct.searchParams.set('resourcekey', key);
  return direct;
}

function idOf(url: URL): string | undefined {
  return /^\/(open|uc|thumbnail)$/.test(url.pathname) ? (url.searchParams.get('id') ?? undefined) : undefined;
}

/** `dl=0` is the page, `raw=1` the file. */
function dropbox(url: URL): URL {
  if (!/^\/(s|scl\/fi)\//.test(url.pathname)) return url;
  const direct = withParameter(url, 'raw', '1');
  direct.searchParams.delete('dl');
  return direct;
}

/** Microsoft's own encoding of a share link: `u!` and the link in base64url. */
function oneDrive(url: URL): URL {
  if (url.hostname === 'onedrive.live.com' && url.pathname.startsWith('/download')) return url;
  const encoded = Buffer.from(url.href).toString('base64url');
  return new URL(`https://api.onedrive.com/v1.0/shares/u!${encoded}/root/content`);
}

function withParameter(url: URL, name: string, value: string): URL {
  const changed = new URL(url);
  changed.searchParams.set(name, value);
  return changed;
}
