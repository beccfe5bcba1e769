import { HOSTILE_NUMBERS, HOSTILE_TEXTS } from './hostile-values.ts';
import type { Random } from './random.ts';

export type JsonSchema = { [key: string]: unknown };

/** A value of `schema`; with probability `malice` for each part of it, something else. */
export function sampleSchema(
  schema: JsonSchema,
  options: { random: Random; malice: number; schemas: Record<string, JsonSchema>; depth?: number },
): unknown {
  const { random, malice, schemas, depth = 0 } = options;
  const inside = (inner: unknown) =>
    sampleSchema((inner ?? {}) as JsonSchema, { ...options, depth: depth + 1 });
  if (random.chance(malice)) return hostile(random);
  if (depth > 12) return null;
  if (typeof schema.$ref === 'string') return inside(schemas[schema.$ref.split('/').at(-1) ?? '']);
  const choices = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  if (choices !== undefined) return inside(random.pick(choices));
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return random.pick(schema.enum as unknown[]);
  switch (schema.type) {
    case 'object':
      return sampleObject(schema, random, malice, inside);
    case 'array': {
      const least = Number(schema.minItems ?? 0);
      return Array.from({ length: least + random.int(3) }, () => inside(schema.items));
    }
    case 'integer':
    case 'number': {
      const low = Number(schema.minimum ?? schema.exclusiveMinimum ?? 1);
      const high = Math.min(Number(schema.maximum ?? low + 1000), low + 1000);
      const value = low + random.next() * (high - low);
      return schema.type === 'integer' ? Math.ceil(value) : value;
    }
    case 'boolean':
      return random.chance(0.5);
    case 'null':
      return null;
    default:
      return sampleText(schema, random);
  }
}

function sampleObject(
  schema: JsonSchema,
  random: Random,
  malice: number,
  inside: (inner: unknown) => unknown,
): object {
  const required = new Set((schema.required as string[] | undefined) ?? []);
  // Without a prototype, so that `__proto__` is a name like any other.
  const sample: Record<string, unknown> = Object.create(null);
  for (const [name, inner] of Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>)) {
    if (required.has(name) ? !random.chance(malice / 2) : random.chance(0.3)) sample[name] = inside(inner);
  }
  if (typeof schema.additionalProperties === 'object' && random.chance(0.5)) {
    sample[random.pick(HOSTILE_TEXTS)] = inside(schema.additionalProperties);
  }
  if (random.chance(malice)) sample[random.pick(HOSTILE_TEXTS)] = hostile(random);
  return sample;
}

function sampleText(schema: JsonSchema, random: Random): string {
  // One that is refused at once, and one whose name nobody resolves (RFC 6761).
  if (schema.format === 'uri') return random.pick(['http://127.0.0.1:9/', 'https://hook.invalid/?token=1']);
  if (schema.pattern !== undefined) return 'plain-1';
  const text = random.chance(0.3) ? random.pick(HOSTILE_TEXTS) : `text ${random.int(50)}`;
  return text.padEnd(Number(schema.minLength ?? 0), 'x').slice(0, Number(schema.maxLength ?? 10_000));
}

function hostile(random: Random): unknown {
  return random.pick<() => unknown>([
    () => random.pick(HOSTILE_TEXTS),
    () => random.pick(HOSTILE_NUMBERS),
    () => null,
    () => random.chance(0.5),
    () => [],
    () => ({}),
    () => [[[[random.pick(HOSTILE_TEXTS)]]]],
    () => JSON.parse('{"__proto__":{"polluted":true}}'),
  ])();
}
