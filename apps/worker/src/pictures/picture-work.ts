import type { FinishSpec } from '../finish/finish-spec.ts';
import type { ModelAnswer, ModelRequest } from '../model/image-model.ts';
import type { FinishedImage, ModelInput, SourcePhoto } from '../pipeline/pictures.ts';
import type { PrepareLimits } from '../pipeline/prepare.ts';

/**
 * The work on pixels: everything that would hold the event loop or a core for long. Implementations bound how many
 * pictures are worked on at once; who waits for a turn leaves the line when the signal fires.
 */
export interface PictureWork {
  prepare(photo: SourcePhoto, limits: PrepareLimits, signal: AbortSignal): Promise<ModelInput>;
  finish(image: Buffer, spec: FinishSpec, signal: AbortSignal): Promise<FinishedImage>;
  /** The local engine's `generate`. */
  render(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer>;
  close(): Promise<void>;
}
