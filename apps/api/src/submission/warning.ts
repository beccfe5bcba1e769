import { type Said, Sentence, say } from '@image-studio/contract';
import { z } from 'zod';

/** Something about a submission that was taken and may not be what was meant. */
export const Warning = z
  .object({
    /** What it is about, as in `errors`. */
    path: z.string(),
    message: z.string(),
    sentence: Sentence.optional(),
    /** How many SKUs it concerns, and the codes of some of them. */
    skus: z.int().optional(),
    examples: z.array(z.string()).optional(),
  })
  .meta({ id: 'Warning' });
export type Warning = z.infer<typeof Warning>;

const MAX_EXAMPLES = 5;

/** A warning about some SKUs of a batch; `about` goes on behind their number. */
export function warningAbout(path: string, codes: readonly string[], about: Said): Warning {
  const examples = codes.slice(0, MAX_EXAMPLES);
  const named = examples.map((code) => JSON.stringify(code)).join(', ');
  const list = `${named}${codes.length > examples.length ? ', …' : ''}`;
  return {
    path,
    ...(codes.length === 1 ? say`1 SKU ${about} (${list})` : say`${codes.length} SKUs ${about} (${list})`),
    skus: codes.length,
    examples,
  };
}
