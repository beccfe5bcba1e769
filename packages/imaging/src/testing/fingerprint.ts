import { createHash } from 'node:crypto';
import sharp from 'sharp';

/** For tests: what a picture file is, in one line: size, format, digest of its decoded pixels, digest of its bytes. */
export async function fingerprint(file: Buffer): Promise<string> {
  const { format } = await sharp(file).metadata();
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  const size = `${info.width}×${info.height}×${info.channels}`;
  return `${format} ${size} pixels ${digest(data)} file ${digest(file)}`;
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}
