/** For a process that leaves pixels to its children: nothing here loads a decoder. */
export type { Inspected } from '../decode/inspect-picture.ts';
export type { FinishSpec } from '../finish-spec.ts';
export { RenderError, type RenderErrorKind } from '../local-engine/render-request.ts';
export type { FinishedImage, ModelInput, SourcePhoto } from '../pictures.ts';
export type { PrepareLimits } from '../prepare-photo.ts';
export { childEnvironment } from './child-environment.ts';
export { childPictureWork } from './child-picture-work.ts';
export type { PictureWork } from './picture-work.ts';
export { createSemaphore, type Release, type Semaphore } from './semaphore.ts';
