import { createHash } from 'node:crypto';
import sharp from 'sharp';

/** End of image: what every JPEG ends with. */
const END = Buffer.from([0xff, 0xd9]);
/** Fillers for missing bytes: two series whose bits differ, more of them than a block takes (64 values of a byte). */
const FILLINGS = [Buffer.alloc(64, 0x5a), Buffer.alloc(64, 0xa5)] as const;

/**
 * A JPEG that lacks nothing but its last two bytes, the end marker (cameras and upload forms lose them), with that
 * marker; `null` for a photo that lacks more. A decoder that lacks pixels takes them from whatever follows, so two different
 * endings give two different pictures; one that has them all gives the same picture twice. (libvips also warns, but into a
 * buffer that all decoders of a process share: of eight cut files at once one in three passed.)
 */
export async function withEndMarker(photo: Buffer, maxPixels: number): Promise<Buffer | null> {
  if (photo.subarray(-END.length).equals(END)) return null;
  const body = withoutHalfMarker(photo);
  try {
    const [one, other] = FILLINGS;
    const isWhole = (await lookOf(body, one, maxPixels)) === (await lookOf(body, other, maxPixels));
    return isWhole ? Buffer.concat([body, END]) : null;
  } catch {
    return null;
  }
}

/** With whatever follows, a 255 at the end would be a marker, behind which nothing is read: half of the end's, or half of a stuffed byte. */
function withoutHalfMarker(photo: Buffer): Buffer {
  let end = photo.length;
  while (photo[end - 1] === 0xff) end -= 1;
  return photo.subarray(0, end);
}

/** A hash of each pixel's brightness, in full size: shrunk, libvips stops before the last line. */
async function lookOf(photo: Buffer, filling: Buffer, maxPixels: number): Promise<string> {
  const filled = Buffer.concat([photo, filling, END]);
  const pixels = await sharp(filled, { limitInputPixels: maxPixels, failOn: 'error' })
    .greyscale()
    .raw()
    .toBuffer();
  return createHash('sha256').update(pixels).digest('hex');
}
