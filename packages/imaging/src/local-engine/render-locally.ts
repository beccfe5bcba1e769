import type { ImageKind } from '@image-studio/contract';
import type { ImageSize } from '@image-studio/planning';
import { decodePicture } from '../decode/decode-picture.ts';
import { encodePicture } from '../encode/encode-picture.ts';
import { giveBuffersBack } from '../raster/large-buffers.ts';
import { overWhite, type Raster } from '../raster/raster.ts';
import { closeUp } from './close-up.ts';
import { packshot } from './packshot.ts';
import { RenderError, type Rendered, type RenderRequest } from './render-request.ts';

/** Longer side of the answer, in pixels. */
const SIDES: Record<ImageSize, number> = { '1K': 1024, '2K': 2048, '4K': 4096 };
/** Inputs arrive at no more than this anyway. */
const MAX_INPUT_SIDE = 2048;

/** Soft backgrounds of the secondary pictures, so that a gallery is not six times the same white. */
const BACKGROUNDS: Record<Exclude<ImageKind, 'detail'>, [number, number, number]> = {
  main: [255, 255, 255],
  lifestyle: [240, 234, 226],
  infographic: [238, 242, 246],
  scale: [242, 242, 242],
  packaging: [238, 232, 220],
  'on-model': [236, 238, 234],
};

/**
 * Makes a listing picture from a photo without a model: no AI, only measuring and cutting. Cuts the product from an even
 * background, puts it on white with a soft shadow, and gives close-ups and tinted variants for the secondary pictures.
 * The same request always gives the same bytes.
 *
 * @param request The first of its photos is used, at no more than 2048 px.
 * @returns A JPEG of quality 95 in the ratio asked for, its longer side 1024, 2048 or 4096 px; `note` says in a sentence when the
 * product could not be cut out, or not without doubt.
 * @throws RenderError and nothing else: `cancelled` once the signal has fired, `badRequest` without a photo or a ratio, `badPhoto`
 * when the photo cannot be decoded, `failed` for a fault of the engine.
 */
export async function renderLocally(request: RenderRequest, signal: AbortSignal): Promise<Rendered> {
  const stopIfCancelled = (): void => {
    if (signal.aborted) throw new RenderError('cancelled', 'the call was cancelled');
  };
  stopIfCancelled();
  const [input] = request.inputs;
  if (!input) throw new RenderError('badRequest', 'the local engine needs a photo');
  const picture = await decodePicture(input.data, MAX_INPUT_SIDE).catch((cause: Error) => {
    throw new RenderError('badPhoto', `the photo cannot be decoded: ${cause.message}`, { cause });
  });
  stopIfCancelled();
  const [width, height] = sidesOf(request);
  const kind = request.kind ?? 'main';
  try {
    const { frame, note } =
      kind === 'detail'
        ? { frame: await closeUp(overWhite(picture), width, height), note: undefined }
        : await composed(picture, width, height, BACKGROUNDS[kind]);
    stopIfCancelled();
    // Near the source: the finishing step encodes once more.
    const image = await encodePicture(frame, {
      format: 'jpeg',
      quality: 95,
      isInterim: true,
      aiGenerated: false,
    });
    giveBuffersBack(frame.data);
    stopIfCancelled();
    return { image, mime: 'image/jpeg', ...(note === undefined ? {} : { note }) };
  } catch (error) {
    if (error instanceof RenderError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new RenderError('failed', `the local engine failed: ${reason}`, { cause: error });
  }
}

async function composed(
  picture: Raster,
  width: number,
  height: number,
  colour: [number, number, number],
): Promise<{ frame: Raster; note: string | undefined }> {
  const { frame, background, doubt } = await packshot(picture, width, height, colour);
  const isCut = background === 'lifted';
  return {
    frame,
    note: isCut ? doubt : 'no even background around the product: the whole photo was placed uncut',
  };
}

function sidesOf({ aspectRatio, imageSize }: RenderRequest): [number, number] {
  const [, across, down] = /^(\d{1,2}):(\d{1,2})$/.exec(aspectRatio)?.map(Number) ?? [];
  if (!across || !down)
    throw new RenderError('badRequest', `"${aspectRatio}" is no aspect ratio such as 4:3`);
  const side = SIDES[imageSize];
  return across >= down
    ? [side, Math.round((side * down) / across)]
    : [Math.round((side * across) / down), side];
}
