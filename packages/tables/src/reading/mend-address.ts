import { parseUrl, type Said, say } from '@image-studio/contract';
/** An address that can be asked for, and what was done to it; or why it cannot. */
export type MendedAddress = { url: string; mended?: string } | { fault: Said };

const MAX_ADDRESS_CHARS = 4096;
const IMAGE_FILE = /\.(jpe?g|png|webp|gif|avif|tiff?|bmp|heic)$/i;
const NOTHING = /^(n\/?a|none|null|nil|-+|—|\.|undefined|nan|no image|keine?s?|0)$/i;

/** Whether a cell for a photo says that there is none. */
export function saysNone(text: string): boolean {
  return NOTHING.test(text.trim());
}

/**
 * Completes an address as a browser, or a person, would: `&amp;`, `//host`, `www.`, spaces, quotes around it, slashes of
 * JSON, invisible characters, `=IMAGE("…")`; a path is put behind `base`, when there is one. Whatever is no address of
 * the web is told by a fault, the end of a sentence: "is a file on somebody's computer".
 */
export function mendAddress(written: string, base?: string): MendedAddress {
  // Most need nothing: no work beyond this for those.
  if (/^https?:\/\/[\w.-]+(:\d+)?(\/[\w.~!$'()*+,;=:@%/?-]*)?$/.test(written)) return bounded(written);
  const done: string[] = [];
  const step = (what: string, before: string, after: string): string => {
    if (before !== after) done.push(what);
    return after;
  };
  const visible = written.replace(/[\u200b-\u200d\u2060\ufeff\u00ad]/g, '').replaceAll('\u00a0', ' ');
  let text = step('invisible characters', written, visible).trim();
  text = step('a formula or tag around it', text, unwrap(text));
  text = step('quotes around it', text, text.replace(/^["'“”„‘’«<`]+|["'“”‘’»>`]+$/g, '').trim());
  text = step('\\/', text, text.replaceAll('\\/', '/'));
  text = step('&amp;', text, text.replace(/&(amp;)+|&#0*38;|&#x0*26;/gi, '&'));
  text = step('backslashes', text, /^https?:[\\/]/i.test(text) ? text.replaceAll('\\', '/') : text);
  text = step(
    'a slash',
    text,
    text.replace(/^(https?):\/(?=[^/])/i, '$1://').replace(/^(https?)\/\//i, '$1://'),
  );
  text = step('//', text, text.replace(/^\/\/(?=[^/\s]+\.[^/\s]+)/, 'https://'));
  text = step('www.', text, text.replace(/^(?=www\.[^/\s]+\.)/i, 'https://'));
  text = step('the scheme', text, isHostAndPath(text) ? `https://${text}` : text);
  if (base !== undefined && isPath(text)) {
    text = step(
      'the address of its folder',
      text,
      `${base.replace(/\/+$/, '')}/${text.replace(/^[./]+/, '')}`,
    );
  }
  const fault = faultOf(text);
  if (fault !== null) return { fault };
  if (/^photo:/.test(text)) return { url: text };
  if (/[^\x21-\x7e]/.test(text)) {
    const what = /\s/.test(text) ? 'spaces' : 'letters beyond ASCII';
    text = step(what, text, new URL(text).href);
  }
  const mended = done.length > 0 ? { mended: done.join(', ') } : {};
  return { ...bounded(text), ...mended } as MendedAddress;
}

function bounded(url: string): MendedAddress {
  if (url.length <= MAX_ADDRESS_CHARS) return { url };
  return { fault: say`has ${url.length} characters, the limit is ${MAX_ADDRESS_CHARS}` };
}

/** `=IMAGE("https://…")`, `=HYPERLINK("https://…";"photo")`, `<img src="https://…">`, `![](https://…)`. */
function unwrap(text: string): string {
  const inside =
    /^=\s*[a-z.]{1,20}\(\s*"([^"]+)"/i.exec(text) ??
    /^<(?:img|a)\b[^>]{0,500}?\b(?:src|href)\s*=\s*["']([^"']+)["']/i.exec(text) ??
    /^!?\[[^\]]{0,200}\]\(([^)\s]+)\)$/.exec(text);
  return inside?.[1] ?? text;
}

/** `cdn.shop.example/files/a.jpg`, and not `photos/a.jpg`: a host has a dot, and ends in letters that are no file type. */
function isHostAndPath(text: string): boolean {
  const host = /^([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24})(?::\d{2,5})?\/\S/i.exec(text)?.[1];
  return host !== undefined && !IMAGE_FILE.test(host);
}

/** A path or the name of a file, which a folder's address makes whole. */
function isPath(text: string): boolean {
  return (
    !/^[a-z][a-z0-9+.-]*:/i.test(text) &&
    !text.includes('\\') &&
    !/^[#?]/.test(text) &&
    (text.startsWith('/') || IMAGE_FILE.test(text))
  );
}

function faultOf(text: string): Said | null {
  if (text === '') return say`is empty`;
  if (/^photo:[0-9a-f]{64}$/.test(text)) return null;
  if (/^[a-z]:[\\/]/i.test(text) || /^\\\\/.test(text) || /^file:/i.test(text)) {
    return say`is a file on somebody’s computer, which nobody else can reach; upload the photo`;
  }
  if (/^data:/i.test(text))
    return say`holds the picture itself (data:); upload the photo or give its address`;
  if (/^wix:/i.test(text)) return say`is an address inside Wix (wix:), which cannot be fetched`;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https' && !/^[\w-]+\.[\w.-]+:\d/.test(text)) {
    return say`begins with ${scheme}:, only http: and https: can be fetched`;
  }
  if (scheme === 'http' || scheme === 'https') {
    const url = parseUrl(text);
    if (url === null) return say`is not a possible address`;
    return url.hostname === '' ? say`has no host` : null;
  }
  if (/^\s*#/.test(text)) return say`is not an address`;
  if (text.startsWith('/')) return say`is a path without a host; give the address of its folder (photoBase)`;
  if (IMAGE_FILE.test(text)) {
    return say`is the name of a file, without a host; give the address of its folder (photoBase), or upload the photo`;
  }
  return say`is not an address`;
}
