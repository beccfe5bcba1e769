/** Bytes of files, and no pixels: nothing here loads a decoder. */
export { markAsAi } from './mark-as-ai.ts';
