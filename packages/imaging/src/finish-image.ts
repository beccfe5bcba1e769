import { StageError, say } from '@image-studio/contract';
import { drawCaptions } from './compose/captions/draw-captions.ts';
import { composeMain } from './compose/compose-main.ts';
import { composeSecondary } from './compose/compose-secondary.ts';
import { decodePicture, type Photo } from './decode/decode-picture.ts';
import { encodeFinished, makeThumb } from './encode/encode-picture.ts';
import type { FinishSpec } from './finish-spec.ts';
import type { FinishedImage } from './pictures.ts';
import { giveBuffersBack } from './raster/large-buffers.ts';
import { overWhite } from './raster/raster.ts';
import { verifyImage } from './verify-image.ts';

/**
 * Turns what the model answered into the exact file that the marketplace gets, the same every time: pure white border, product
 * centred at the fill target, exact size, format and byte limit. `checks` are measured on the final bytes; the caller decides
 * what a failed check means.
 *
 * @param image A JPEG, PNG, WebP, GIF, TIFF or AVIF of at most 50 megapixels. @param spec What the file has to be: pixels,
 * shares of the frame, bytes. @throws StageError `MODEL_NO_IMAGE` when the bytes are no picture, `ENCODE_CANNOT_FIT` when no
 * quality fits; the signal's reason once it has fired.
 */
export async function finishImage(
  image: Buffer,
  spec: FinishSpec,
  signal: AbortSignal,
): Promise<FinishedImage> {
  signal.throwIfAborted();
  const answer = await decode(image, spec);
  signal.throwIfAborted();
  const composed =
    spec.role === 'main' ? await composeMain(answer, spec) : await composeSecondary(overWhite(answer), spec);
  signal.throwIfAborted();
  const captioned = await drawCaptions(composed.frame, spec);
  const encoded = await encodeFinished(captioned.frame, spec, signal);
  signal.throwIfAborted();
  const checks = await verifyImage({ answer, composed, captioned, encoded }, spec);
  const thumb = await makeThumb(encoded.seen);
  giveBuffersBack(composed.frame.data);
  const { width, height, format } = spec;
  return { data: encoded.data, width, height, format, thumb, checks };
}

async function decode(image: Buffer, spec: FinishSpec): Promise<Photo> {
  try {
    // Twice the output keeps every detail that a product at 42 % of the picture needs, and bounds memory.
    return await decodePicture(image, 2 * Math.max(spec.width, spec.height, 512));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StageError('MODEL_NO_IMAGE', say`the model's picture cannot be decoded: ${reason}`, {
      verdict: 'retry',
      cause,
    });
  }
}
