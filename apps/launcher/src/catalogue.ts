import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** The sample catalogue's folder, next to the sources and to the build alike. */
export const CATALOGUE_FOLDER = fileURLToPath(new URL('../catalogue/', import.meta.url));

/** `catalogue.json`: what a shop would export. `images` are file names in `photos/`, the main one first. */
export const Catalogue = z.object({
  name: z.string(),
  skus: z
    .array(
      z.object({
        sku: z.string(),
        attributes: z.record(z.string(), z.string()),
        images: z.array(z.string()).min(1),
      }),
    )
    .min(1),
});
export type Catalogue = z.infer<typeof Catalogue>;

export async function readCatalogue(folder = CATALOGUE_FOLDER): Promise<Catalogue> {
  return Catalogue.parse(JSON.parse(await readFile(join(folder, 'catalogue.json'), 'utf8')));
}
