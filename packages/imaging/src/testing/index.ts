export { exampleRequest } from './example-request.ts';
export { FATAL_BYTES } from './fatal-bytes.ts';
export { FATAL_PHOTOS_CHILD } from './fatal-photos-child-url.ts';
export { RUN_FROM_SOURCE } from './run-from-source.ts';
