export { groupPhotos, type PhotoGroups, type TableProduct, toSkuInputs } from './group-photos.ts';
export { guessPattern, type NamePattern, PATTERNS, parsePattern } from './name-pattern.ts';
