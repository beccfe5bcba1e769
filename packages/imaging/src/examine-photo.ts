import { readFile } from 'node:fs/promises';
import { checkPhoto, type PhotoLimits } from './check-photo.ts';

/** What a photo says of itself. */
export interface ExaminedPhoto {
  /** As it is shown, upright. */
  width: number;
  height: number;
  /** As in `Content-Type`. */
  mime: string;
}

/** Looks at a photo in a file without decoding it. Rejects as preparing it would, as far as that can be told. */
export async function examinePhoto(path: string, limits: PhotoLimits): Promise<ExaminedPhoto> {
  const { autoOrient, mediaType } = await checkPhoto(await readFile(path), limits);
  return { ...autoOrient, mime: mediaType ?? 'application/octet-stream' };
}
