import type { z } from 'zod';

/**
 * Parses what another version of this program may have written. `null` when it does not fit the schema or holds anything that
 * the schema does not know: to go on would lose that part, or do something that nobody asked for.
 */
export function parseKnown<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> | null {
  const parsed = schema.safeParse(value);
  return parsed.success && holdsAll(parsed.data, value) ? parsed.data : null;
}

/**
 * Parses what a newer version may have written, to show it: parts that this version does not understand are left out. Throws
 * when the rest does not fit either.
 */
export function parseShown<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const rest = structuredClone(value);
  for (const issue of parsed.error.issues) {
    if (issue.code === 'unrecognized_keys') for (const key of issue.keys) drop(rest, [...issue.path, key]);
    else drop(rest, issue.path);
  }
  return schema.parse(rest);
}

function drop(value: unknown, path: readonly PropertyKey[]): void {
  const owner = path
    .slice(0, -1)
    .reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);
  const last = path.at(-1);
  if (last !== undefined && typeof owner === 'object' && owner !== null) Reflect.deleteProperty(owner, last);
}

/** Whether every key of `value`, at any depth, is still there; defaults may have been added. */
function holdsAll(parsed: unknown, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (typeof parsed !== 'object' || parsed === null) return false;
  return Object.entries(value).every(
    ([key, inner]) => Object.hasOwn(parsed, key) && holdsAll((parsed as Record<string, unknown>)[key], inner),
  );
}
