import type { ImageKind, ImageRole } from '@image-studio/contract';
import type { FinishedImage } from '@image-studio/imaging/pool';

/** The finished file in the object store. */
export interface ListingImage extends Omit<FinishedImage, 'data' | 'thumb'> {
  role: ImageRole;
  kind: ImageKind;
  slot: string;
  key: string;
  thumbKey?: string;
  bytes: number;
}
