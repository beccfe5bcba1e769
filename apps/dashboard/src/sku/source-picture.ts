import type { ImageView } from '@image-studio/contract';
import { localUrl } from './local-url.ts';

/**
 * Where the supplier's photo can be shown from: our own copy of it, or its own address if that lies on this origin
 * (`origin`). A page may not load pictures from elsewhere, and suppliers need not learn who looks at them.
 */
export function sourcePicture(
  image: Pick<ImageView, 'sourceUrl' | 'sourcePreviewUrl'>,
  self: string | undefined,
  origin: string,
): string | null {
  if (image.sourcePreviewUrl !== undefined) return localUrl(image.sourcePreviewUrl, self);
  const url = localUrl(image.sourceUrl, self);
  return URL.canParse(url, origin) && new URL(url, origin).origin === origin ? url : null;
}
