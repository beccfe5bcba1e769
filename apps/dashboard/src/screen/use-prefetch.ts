import type { SkuView } from '@image-studio/contract';
import { useEffect, useRef } from 'preact/hooks';
import { localUrl } from '../sku/local-url.ts';
import { sourcePicture } from '../sku/source-picture.ts';
import type { SkuBrief } from '../state/sku-brief.ts';

type Read = (code: string, signal: AbortSignal) => Promise<SkuView>;

/** SKUs and pictures that are held: those to come, and the last few for who goes back. */
const MOST_HELD = 12;

/**
 * Reads SKUs before somebody goes on to them, and has their pictures decoded. Returns a `read` that answers with what is there already, if
 * nothing about the SKU has changed since: then its brief would be another object.
 */
export function usePrefetch(
  next: readonly SkuBrief[],
  self: string | undefined,
  read: Read,
): (brief: SkuBrief | undefined) => Read {
  const held = useRef(new Map<SkuBrief, Promise<SkuView>>()).current;
  const pictures = useRef(new Map<string, HTMLImageElement>()).current;
  useEffect(() => {
    for (const brief of next) {
      if (held.has(brief)) continue;
      const reading = read(brief.sku, new AbortController().signal);
      reading.catch(() => held.delete(brief));
      held.set(brief, reading);
      for (const image of brief.images.slice(0, 1)) {
        decode(pictures, localUrl(image.url, self));
        decode(pictures, sourcePicture(image, self, location.origin));
      }
    }
    trim(held, MOST_HELD);
    trim(pictures, 2 * MOST_HELD);
  }, next);
  return (brief) => (code, signal) => {
    const known = brief?.sku === code ? held.get(brief) : undefined;
    return known ?? read(code, signal);
  };
}

function decode(pictures: Map<string, HTMLImageElement>, url: string | null): void {
  if (url === null || pictures.has(url)) return;
  const image = new Image();
  image.src = url;
  pictures.set(url, image);
  image.decode().catch(() => pictures.delete(url));
}

/** The oldest go first. */
function trim(map: Map<unknown, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
