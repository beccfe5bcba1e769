import type { PictureWork } from '@image-studio/imaging/pool';
import { RenderError, type RenderErrorKind } from '@image-studio/imaging/pool';
import { LOCAL_TRAITS } from '@image-studio/planning';
import type { Adapter } from './adapter.ts';
import { type ImageModel, ModelError, type ModelErrorKind } from './image-model.ts';

const KINDS: Record<RenderErrorKind, ModelErrorKind> = {
  cancelled: 'cancelled',
  badRequest: 'badRequest',
  badPhoto: 'badPhoto',
  failed: 'server',
};

/**
 * The engine that needs no key: its pictures are made on this machine's cores, in turn with the other work on pictures.
 * It ignores the prompt and costs nothing.
 */
export function createLocalModel(pictures: Pick<PictureWork, 'render'>): ImageModel {
  return {
    ...LOCAL_TRAITS,
    async generate({ inputs, kind, aspectRatio, imageSize }, signal) {
      const request = { inputs, aspectRatio, imageSize, ...(kind === undefined ? {} : { kind }) };
      const rendered = await pictures.render(request, signal).catch((error: unknown) => {
        if (signal.aborted) throw new ModelError('cancelled', 'the call was cancelled', { cause: error });
        if (error instanceof RenderError)
          throw new ModelError(KINDS[error.kind], error.message, { cause: error });
        throw error;
      });
      return {
        ...rendered,
        usage: { promptTokens: 0, imageTokens: 0, textTokens: 0 },
        costUsd: 0,
        modelVersion: LOCAL_TRAITS.defaultModel,
      };
    },
    warmUp: async () => {},
    close: async () => {},
  };
}

/** The provider `local`. */
export const local: Adapter = (_, { render }) => createLocalModel({ render });
