import type { z } from 'zod';
import { faultsOf } from './faults-of.ts';
import { ProblemError } from './problem-error.ts';
import type { BodyReader } from './route.ts';
import { splitJson } from './split-json.ts';

/** Largest ordinary body; submissions have their own reader and limit. */
const MAX_BYTES = 1024 * 1024;

/** Reads a JSON body that `schema` describes; throws 400 for what is not JSON and 422 for what does not fit. */
export function jsonBody<S extends z.ZodType>(schema: S, maxBytes = MAX_BYTES): BodyReader<z.output<S>> {
  return {
    content: { 'application/json': schema },
    required: true,
    maxBytes,
    async read({ bytes }) {
      const { rest, close } = await splitJson(bytes, []);
      await close();
      const parsed = schema.safeParse(rest);
      if (parsed.success) return parsed.data;
      throw new ProblemError(422, 'INVALID_BODY', 'The body does not have the expected shape.', {
        errors: faultsOf(parsed.error),
      });
    },
  };
}

/** The same body, or none. */
export function optionalBody<B>(reader: BodyReader<B>): BodyReader<B | undefined> {
  return { ...reader, required: false };
}
