/** For tests: a photo that holds these bytes makes its decoder crash in fatal-photos-child.ts, as a fault of a codec would. */
export const FATAL_BYTES = Buffer.from('this photo crashes its decoder');
