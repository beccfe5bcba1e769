/** What `npm run bench -- images` measures: the steps of the pipeline themselves, as the worker runs them. */
export { planOutput } from '@image-studio/planning';
export { encodePicture } from './encode/encode-picture.ts';
export { fitToBytes } from './encode/fit-to-bytes.ts';
export { finishImage } from './finish-image.ts';
export { preparePhoto } from './prepare-photo.ts';
export type { Raster } from './raster/raster.ts';
