import type { Metadata } from 'sharp';

/** Whether a photo is compressed as phones do it (HEVC): libvips, as sharp brings it, reads its size and not its pixels. */
export function isHeic({ format, compression }: Metadata): boolean {
  return format === 'heif' && compression === 'hevc';
}
