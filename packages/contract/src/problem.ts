import { z } from 'zod';
import { Sentence } from './say.ts';

/** RFC 9457 problem document, with the machine-readable `code` this product adds. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string().optional(),
    /** Where in the request, one entry a fault: `path` is a JSON path such as `skus[3].images[0].url`. */
    errors: z
      .array(z.object({ path: z.string(), message: z.string(), sentence: Sentence.optional() }))
      .optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
