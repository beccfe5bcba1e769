import type { ImageKind } from '@image-studio/contract';
import { LOCAL_TRAITS } from '@image-studio/planning';
import { decodePicture } from '../finish/decode-picture.ts';
import { encodePicture } from '../finish/encode-picture.ts';
import { overWhite } from '../finish/over-white.ts';
import type { Raster } from '../finish/raster.ts';
import {
  type ImageModel,
  type ImageSize,
  type ModelAnswer,
  ModelError,
  type ModelRequest,
} from './image-model.ts';
import { closeUp } from './local-close-up.ts';
import { packshot } from './local-packshot.ts';

/** Longer side of the answer, in pixels. */
const SIDES: Record<ImageSize, number> = { '1K': 1024, '2K': 2048, '4K': 4096 };
/** Inputs arrive at no more than this anyway. */
const MAX_INPUT_SIDE = 2048;

/** Soft grounds of the secondary pictures, so that a gallery is not six times the same white. */
const GROUNDS: Record<Exclude<ImageKind, 'detail'>, [number, number, number]> = {
  main: [255, 255, 255],
  lifestyle: [240, 234, 226],
  infographic: [238, 242, 246],
  scale: [242, 242, 242],
  packaging: [238, 232, 220],
  'on-model': [236, 238, 234],
};

/**
 * The engine that needs no key: no AI, only measuring and cutting. It cuts the product from an even ground, puts it on
 * white with a soft shadow, and gives close-ups and tinted variants for the secondary pictures. The same input always
 * gives the same bytes. It ignores the prompt.
 */
export function createLocalModel(): ImageModel {
  return {
    ...LOCAL_TRAITS,
    generate: render,
    warmUp: async () => {},
    close: async () => {},
  };
}

async function render(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer> {
  const stopIfCancelled = (): void => {
    if (signal.aborted) throw new ModelError('cancelled', 'the call was cancelled');
  };
  stopIfCancelled();
  const [input] = request.inputs;
  if (!input) throw new ModelError('badRequest', 'the local engine needs a photo');
  const picture = await decodePicture(input.data, MAX_INPUT_SIDE).catch((cause: Error) => {
    throw new ModelError('badPhoto', `the photo cannot be decoded: ${cause.message}`, { cause });
  });
  stopIfCancelled();
  const [width, height] = sidesOf(request);
  const kind = request.kind ?? 'main';
  try {
    const { frame, note } =
      kind === 'detail'
        ? { frame: await closeUp(overWhite(picture), width, height), note: undefined }
        : await composed(picture, width, height, GROUNDS[kind]);
    stopIfCancelled();
    // Near the source: the finishing step encodes once more.
    const image = await encodePicture(frame, { format: 'jpeg', quality: 95, aiGenerated: false });
    stopIfCancelled();
    return {
      image,
      mime: 'image/jpeg',
      usage: { promptTokens: 0, imageTokens: 0, textTokens: 0 },
      costUsd: 0,
      modelVersion: LOCAL_TRAITS.defaultModel,
      ...(note === undefined ? {} : { note }),
    };
  } catch (error) {
    if (error instanceof ModelError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModelError('server', `the local engine failed: ${reason}`, { cause: error });
  }
}

async function composed(
  picture: Raster,
  width: number,
  height: number,
  ground: [number, number, number],
): Promise<{ frame: Raster; note: string | undefined }> {
  const { frame, background, doubt } = await packshot(picture, width, height, ground);
  const isCut = background === 'lifted';
  return {
    frame,
    note: isCut ? doubt : 'no even ground around the product: the whole photo was placed uncut',
  };
}

function sidesOf({ aspectRatio, imageSize }: ModelRequest): [number, number] {
  const [, across, down] = /^(\d{1,2}):(\d{1,2})$/.exec(aspectRatio)?.map(Number) ?? [];
  if (!across || !down) throw new ModelError('badRequest', `"${aspectRatio}" is no aspect ratio such as 4:3`);
  const side = SIDES[imageSize];
  return across >= down
    ? [side, Math.round((side * down) / across)]
    : [Math.round((side * across) / down), side];
}
