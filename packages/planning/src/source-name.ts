import { parseUrl } from '@image-studio/contract';

/** Longest name kept; the contract allows no longer one either. */
const MAX_NAME_LENGTH = 255;

/**
 * File name of a source whose client gave none: the last path segment of its URL, decoded, else `image-<position>`
 * (position counts from 1 in the order of submission). Query and fragment never take part.
 */
export function sourceName(url: string, position: number): string {
  const fallback = `image-${position}`;
  const address = parseUrl(url);
  if (address === null) return fallback;
  const segment = address.pathname.split('/').at(-1) ?? '';
  // `a%2Fb.jpg` decodes to a path of its own: still only its last part is the file's name.
  const name = decode(segment)
    .replace(/\p{Cc}/gu, '')
    .split(/[/\\]/)
    .at(-1)
    ?.trim();
  if (!name || name === '.' || name === '..') return fallback;
  return [...name].slice(0, MAX_NAME_LENGTH).join('');
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // A stray `%` is legal in practice; the raw text names the file just as well.
    return segment;
  }
}
