import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { contentTypeOf } from './content-type.ts';
import type { DiskTree } from './disk-tree.ts';

/** What a file cannot say about its object. `key` is for people who look. */
const Sidecar = z.object({
  key: z.string(),
  contentType: z.string(),
  cacheControl: z.string().optional(),
});

export type HeaderFacts = Pick<z.infer<typeof Sidecar>, 'contentType'> & { cacheControl?: string };

/**
 * Content type and cache rule of each object, one small JSON file each, named for the key's hash and out of the sight
 * of people who browse the pictures. It is written before its object: who sees the object sees its facts. One that
 * is missing or unreadable (the folder was copied by hand, the power failed) is made up for by the key's extension.
 */
export function createSidecars(tree: DiskTree) {
  return {
    async write(key: string, facts: HeaderFacts): Promise<void> {
      const content = JSON.stringify({ key, ...facts } satisfies z.input<typeof Sidecar>);
      await tree.write(sidecarPath(key), (file) => file.writeFile(content));
    },

    async read(key: string): Promise<HeaderFacts> {
      const found = await tree.open(sidecarPath(key));
      const content = await found?.file.readFile('utf8').finally(() => found.file.close());
      const sidecar = Sidecar.safeParse(parsed(content));
      if (!sidecar.success) return { contentType: contentTypeOf(key) };
      const { contentType, cacheControl } = sidecar.data;
      return { contentType, ...(cacheControl === undefined ? {} : { cacheControl }) };
    },

    async remove(key: string): Promise<void> {
      await tree.remove(sidecarPath(key));
    },
  };
}

/** Spread over 256 folders, for file systems that list slowly. */
function sidecarPath(key: string): string {
  const hash = createHash('sha256').update(key).digest('hex');
  return join('.studio', 'facts', hash.slice(0, 2), `${hash}.json`);
}

function parsed(content: string | undefined): unknown {
  try {
    return JSON.parse(content ?? '');
  } catch {
    return undefined;
  }
}
