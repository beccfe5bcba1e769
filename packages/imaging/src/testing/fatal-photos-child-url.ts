/** For tests: a child for `childPictureWork` that dies of photos that hold `FATAL_BYTES`. */
export const FATAL_PHOTOS_CHILD = new URL('./fatal-photos-child.ts', import.meta.url);
