import type { ListingMeasures } from '../audit/measure-listing-picture.ts';
import type { PhotoLimits } from '../check-photo.ts';
import type { Inspected } from '../decode/inspect-picture.ts';
import type { ExaminedPhoto } from '../examine-photo.ts';
import type { FinishSpec } from '../finish-spec.ts';
import type { Rendered, RenderRequest } from '../local-engine/render-request.ts';
import type { FinishedImage, ModelInput, SourcePhoto } from '../pictures.ts';
import type { PrepareLimits } from '../prepare-photo.ts';

/**
 * The work on pixels: everything that would hold the event loop or a core for long. Implementations bound how many pictures are
 * worked on at once; a task that waits leaves the line when the signal fires.
 */
export interface PictureWork {
  /** This work, done in the name of `owner`: owners are served in turn, so that none waits for all tasks of another. */
  ownedBy(owner: string): PictureWork;
  /** Looks at a photo in a file without decoding it. */
  examine(path: string, limits: PhotoLimits, signal: AbortSignal): Promise<ExaminedPhoto>;
  /** Measures a picture as a shop shows it. A file that cannot be decoded is a measurement, and no error. */
  measure(data: Buffer, signal: AbortSignal): Promise<ListingMeasures>;
  prepare(photo: SourcePhoto, limits: PrepareLimits, signal: AbortSignal): Promise<ModelInput>;
  /**
   * Type and size of a model's answer, once all of it has been decoded. Rejects with an `Error` that says what is wrong.
   * It goes before all other work: until it has ended, a picture that was paid for is in memory only.
   */
  inspect(image: Buffer, signal: AbortSignal): Promise<Inspected>;
  finish(image: Buffer, spec: FinishSpec, signal: AbortSignal): Promise<FinishedImage>;
  /** A picture by the local engine. Rejects with `RenderError`. */
  render(request: RenderRequest, signal: AbortSignal): Promise<Rendered>;
  /** CPU seconds that the work has taken outside of this process, and the processes that do it. */
  usage(): { cpuSeconds: number; children: number; memoryBytes: number };
  close(): Promise<void>;
}
