export { drawCaptions } from './compose/captions/draw-captions.ts';
export { type Inspected, inspectPicture } from './decode/inspect-picture.ts';
export type { ExaminedPhoto } from './examine-photo.ts';
export { finishImage } from './finish-image.ts';
export type { FinishSpec } from './finish-spec.ts';
export { renderLocally } from './local-engine/render-locally.ts';
export {
  RenderError,
  type RenderErrorKind,
  type Rendered,
  type RenderRequest,
} from './local-engine/render-request.ts';
export type { FinishedImage, ModelInput, SourcePhoto } from './pictures.ts';
export { inlinePictureWork } from './pool/inline-picture-work.ts';
export type { PictureWork } from './pool/picture-work.ts';
export { configureSharp, createCpuLimiter } from './pool/sharp-settings.ts';
export { type PrepareLimits, preparePhoto } from './prepare-photo.ts';
export { verifyImage } from './verify-image.ts';
