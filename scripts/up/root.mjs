import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Where this machinery remembers what it has done; gone with node_modules, as it should be. */
export const MEMORY = fileURLToPath(new URL('../../node_modules/.cache/image-studio/', import.meta.url));
