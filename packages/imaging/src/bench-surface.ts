/** What `npm run bench -- images`, `-- cut-outs` and `-- answers` measure: the steps of the pipeline themselves, as the worker runs them. */
export { planOutput } from '@image-studio/planning';
export { measurePixels } from './audit/measure-listing-picture.ts';
export { composeMain } from './compose/compose-main.ts';
export { composeSecondary } from './compose/compose-secondary.ts';
export { cutOut } from './compose/cut-out.ts';
export { placeOnWhite } from './compose/place-on-white.ts';
export { decodePicture } from './decode/decode-picture.ts';
export { encodeFinished, encodePicture } from './encode/encode-picture.ts';
export { fitToBytes } from './encode/fit-to-bytes.ts';
export { finishImage } from './finish-image.ts';
export { renderLocally } from './local-engine/render-locally.ts';
export { preparePhoto } from './prepare-photo.ts';
export { overWhite, type Raster } from './raster/raster.ts';
export { resizeArea } from './raster/resize-area.ts';
export { analyseScene } from './segment/analyse-scene.ts';
export { CHECKS } from './verify/checks.ts';
export { gatherEvidence, matchWithPhoto } from './verify/evidence.ts';
