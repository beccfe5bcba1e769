import type { FinishSpec } from '../finish/finish-spec.ts';
import type { ModelAnswer, ModelRequest } from '../model/image-model.ts';
import type { Inspected } from '../model/inspect-picture.ts';
import type { FinishedImage, ModelInput, SourcePhoto } from '../pipeline/pictures.ts';
import type { PrepareLimits } from '../pipeline/prepare.ts';

/**
 * The work on pixels: everything that would hold the event loop or a core for long. Implementations bound how many
 * pictures are worked on at once; who waits for a turn leaves the line when the signal fires.
 */
export interface PictureWork {
  prepare(photo: SourcePhoto, limits: PrepareLimits, signal: AbortSignal): Promise<ModelInput>;
  /**
   * Type and size of a model's answer, once all of it has been decoded. Rejects with an `Error` that says what is wrong.
   * It goes before all other work: until it has ended, a picture that was paid for is in memory only.
   */
  inspect(image: Buffer, signal: AbortSignal): Promise<Inspected>;
  finish(image: Buffer, spec: FinishSpec, signal: AbortSignal): Promise<FinishedImage>;
  /** The local engine's `generate`. */
  render(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer>;
  /** CPU seconds that the work has taken outside of this process, and the processes that do it. */
  usage(): { cpuSeconds: number; children: number; memoryBytes: number };
  close(): Promise<void>;
}
