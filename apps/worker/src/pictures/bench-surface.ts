/** What `npm run bench -- images` measures: the steps of the pipeline themselves, as the worker runs them. */
export { planOutput } from '@image-studio/planning';
export { encodePicture } from '../finish/encode-picture.ts';
export { fitToBytes } from '../finish/fit-to-bytes.ts';
export type { Raster } from '../finish/raster.ts';
export { finishImage } from '../pipeline/finish.ts';
export { prepare } from '../pipeline/prepare.ts';
