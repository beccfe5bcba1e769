/** What `npm run bench -- images` and `-- cut-outs` measure: the steps of the pipeline themselves, as the worker runs them. */
export { planOutput } from '@image-studio/planning';
export { cutOut } from './compose/cut-out.ts';
export { placeOnWhite } from './compose/place-on-white.ts';
export { decodePicture } from './decode/decode-picture.ts';
export { encodePicture } from './encode/encode-picture.ts';
export { fitToBytes } from './encode/fit-to-bytes.ts';
export { finishImage } from './finish-image.ts';
export { renderLocally } from './local-engine/render-locally.ts';
export { preparePhoto } from './prepare-photo.ts';
export type { Raster } from './raster/raster.ts';
export { resizeArea } from './raster/resize-area.ts';
export { analyseScene } from './segment/analyse-scene.ts';
