import type { z } from 'zod';
import { faultsOf } from './faults-of.ts';
import { ProblemError } from './problem-error.ts';
import type { BodyReader } from './route.ts';
import { splitJson } from './split-json.ts';

/** Largest ordinary body; submissions have their own reader and limit. */
const MAX_BYTES = 1024 * 1024;

export interface JsonBodyOptions {
  /** Default 1 MB. */
  maxBytes?: number;
  /** The field that makes the body large: a list, which is parsed in pieces. Nothing beside it may exceed 1 MB. */
  list?: string;
}

/** Reads a JSON body that `schema` describes; throws 400 for what is not JSON and 422 for what does not fit. */
export function jsonBody<S extends z.ZodType>(
  schema: S,
  { maxBytes = MAX_BYTES, list }: JsonBodyOptions = {},
): BodyReader<z.output<S>> {
  return {
    content: { 'application/json': schema },
    required: true,
    maxBytes,
    async read({ bytes }) {
      const parsed = schema.safeParse(await whole(bytes, list));
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

/** The document, with its list put back; an object in the place of the list stays one, as entries. */
async function whole(bytes: Buffer, list: string | undefined): Promise<unknown> {
  const { rest, length, chunks, close } = await splitJson(bytes, list === undefined ? [] : [list]);
  try {
    if (list === undefined || length === null) return rest;
    const items: unknown[] = [];
    for await (const chunk of chunks) items.push(...chunk);
    return { ...(rest as object), [list]: items };
  } finally {
    await close();
  }
}
