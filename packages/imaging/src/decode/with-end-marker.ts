import sharp from 'sharp';

/** End of image: what every JPEG ends with. */
const END = Buffer.from([0xff, 0xd9]);

/**
 * A JPEG that lacks nothing but its last two bytes, the end marker (cameras and upload forms lose them), with that
 * marker; `null` for a photo that lacks more. Only a decoder can tell: pixels that are missing are a warning of its own.
 */
export async function withEndMarker(photo: Buffer, maxPixels: number): Promise<Buffer | null> {
  if (photo.subarray(-END.length).equals(END)) return null;
  const mended = Buffer.concat([photo, END]);
  try {
    // To its last line and in full size: shrunk, libvips stops before the end.
    await sharp(mended, { limitInputPixels: maxPixels, failOn: 'warning' }).stats();
    return mended;
  } catch {
    return null;
  }
}
