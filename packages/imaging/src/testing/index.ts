export { exampleRequest } from './example-request.ts';
export { FATAL_BYTES } from './fatal-bytes.ts';
export { FATAL_PHOTOS_CHILD } from './fatal-photos-child-url.ts';
export {
  cleanListing,
  faultyListing,
  PLANTED,
  type Planted,
} from './listing-pictures.ts';
export { RUN_FROM_SOURCE } from './run-from-source.ts';
