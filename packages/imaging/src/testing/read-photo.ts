import { readFileSync } from 'node:fs';

const PHOTOS = new URL('../../../../apps/launcher/catalogue/photos/', import.meta.url);

/** For tests: a photo of the sample catalogue. They come from `@vendure/create`; CREDITS.md beside them has the licence. */
export function readPhoto(name: string): Buffer {
  return readFileSync(new URL(name, PHOTOS));
}
