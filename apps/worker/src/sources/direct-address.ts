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

/**
 * `/file/d/<id>/view`, `/open?id=<id>`, `/uc?id=<id>`. The host that gives the bytes is asked at once, with the answer to the page
 * that says that a large file was not scanned for viruses (`confirm`).
 */
function drive(url: URL): URL {
  const id = /^\/file\/(?:u\/\d+\/)?d\/([\w-]{10,})/.exec(url.pathname)?.[1] ?? idOf(url);
  if (id === undefined) return url;
  const direct = new URL('https://drive.usercontent.google.com/download?export=download&confirm=t');
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

/** `/i/c/<drive>/<token>` of 1drv.ms, `/:i:/g/personal/<drive>/<token>` of onedrive.live.com. */
const ONEDRIVE_FILE = /^\/(?:[a-z]\/c|:[a-z]:\/g\/personal)\/([\da-f]{8,20})\/([\w!-]{10,})/i;

/**
 * Links of today lead to Microsoft's SharePoint for persons, which gives a shared file to whoever has its token. Those of before
 * 2024 go through Microsoft's own encoding of a share link: `u!` and the link in base64url.
 */
function oneDrive(url: URL): URL {
  const [, drive, token] = ONEDRIVE_FILE.exec(url.pathname) ?? [];
  if (drive !== undefined && token !== undefined) {
    const direct = new URL('https://my.microsoftpersonalcontent.com/');
    direct.pathname = `/personal/${drive}/_layouts/15/download.aspx`;
    direct.searchParams.set('share', token);
    return direct;
  }
  if (url.hostname === 'onedrive.live.com' && url.pathname.startsWith('/download')) return url;
  const encoded = Buffer.from(url.href).toString('base64url');
  return new URL(`https://api.onedrive.com/v1.0/shares/u!${encoded}/root/content`);
}

function withParameter(url: URL, name: string, value: string): URL {
  const changed = new URL(url);
  changed.searchParams.set(name, value);
  return changed;
}
