import { HOSTILE_BODIES, HOSTILE_TEXTS } from './hostile-values.ts';
import type { Random } from './random.ts';
import { type JsonSchema, sampleSchema } from './sample-schema.ts';

export interface OpenApiDocument {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> };
}

export interface Operation {
  operationId: string;
  parameters: { name: string; in: 'path' | 'query'; required: boolean; schema: JsonSchema }[];
  requestBody?: { required: boolean; content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, { content?: Record<string, { schema: JsonSchema }> }>;
}

export interface FuzzRequest {
  method: string;
  path: string;
  operation: Operation;
  headers: [string, string][];
  body: Buffer | undefined;
}

/** What is known to exist, so that requests get further than a 404. */
export interface Known {
  batchIds: string[];
  skus: string[];
  keys: string[];
}

/** One request to one operation of the document: often as it should be, often not quite, sometimes nothing like it. */
export function makeRequest(document: OpenApiDocument, random: Random, known: Known): FuzzRequest {
  const [template, methods] = random.pick(Object.entries(document.paths));
  const [method, operation] = random.pick(Object.entries(methods));
  const options = { random, malice: random.pick([0, 0, 0.03, 0.3]), schemas: document.components.schemas };
  const path = template.replace(/\{(\w+)\}/g, (_whole, name: string) => pathValue(name, random, known));
  const query = operation.parameters
    .filter(({ in: place, required }) => place === 'query' && (required || random.chance(0.25)))
    .map(({ name, schema }) => [name, sampleSchema(schema, options)] as const);
  if (random.chance(0.05)) query.push([random.pick(HOSTILE_TEXTS), random.pick(HOSTILE_TEXTS)]);
  const search = query.map(([name, value]) => `${encode(name)}=${encode(String(value))}`).join('&');
  return {
    method: method.toUpperCase(),
    path: `${path}${search === '' ? '' : `?${search}`}`,
    operation,
    ...content(operation, options, known),
  };
}

function pathValue(name: string, random: Random, known: Known): string {
  // Not an empty one: that is the address of another operation.
  if (random.chance(0.15)) return encode(random.pick(HOSTILE_TEXTS), random.chance(0.1)) || 'x';
  if (name === 'sku') return encode(random.pick(known.skus));
  if (name === 'deliveryId') return `msg_${random.pick(known.batchIds)}_1`;
  return random.pick(known.batchIds);
}

function content(
  { requestBody }: Operation,
  options: { random: Random; malice: number; schemas: Record<string, JsonSchema> },
  known: Known,
): Pick<FuzzRequest, 'headers' | 'body'> {
  const { random } = options;
  const headers: [string, string][] = [];
  if (!random.chance(0.05)) headers.push(['authorization', `Bearer ${random.pick(known.keys)}`]);
  if (random.chance(0.05)) headers.push(['idempotency-key', headerSafe(random.pick(HOSTILE_TEXTS))]);
  if (random.chance(0.03)) headers.push(['content-encoding', random.pick(['gzip', 'br', 'identity', 'x'])]);
  if (random.chance(0.03)) headers.push(['x-forwarded-for', headerSafe(random.pick(HOSTILE_TEXTS))]);
  if (random.chance(0.02)) headers.push(['range', random.pick(['bytes=0-', 'bytes=9-1', 'x'])]);
  if (random.chance(0.02)) headers.push(['content-type', 'text/plain'], ['content-type', 'text/html']);
  if (requestBody === undefined || random.chance(0.03)) {
    return { headers, body: random.chance(0.05) ? Buffer.from('unasked') : undefined };
  }
  const [type, { schema }] = random.pick(Object.entries(requestBody.content));
  headers.push(['content-type', random.chance(0.05) ? 'application/xml' : type]);
  if (random.chance(0.15)) return { headers, body: Buffer.from(random.pick(HOSTILE_BODIES)) };
  const sample = type === 'application/json' ? JSON.stringify(sampleSchema(schema, options)) : csv(random);
  return { headers, body: Buffer.from(sample ?? '') };
}

function csv(random: Random): string {
  const cell = () => `"${random.pick(HOSTILE_TEXTS).slice(0, 200).replaceAll('"', '""')}"`;
  const rows = Array.from({ length: random.int(4) }, (_, at) => `S${at},https://a.test/${at}.jpg,${cell()}`);
  return ['sku,image,title', ...rows].join('\n');
}

/** Percent-encoded, except that lone surrogates, which have no encoding, become U+FFFD; raw where `raw` and possible. */
function encode(text: string, raw = false): string {
  if (raw && /^[\x21-\x7e]*$/.test(text)) return text.replaceAll(/[?#]/g, '');
  return encodeURIComponent(Buffer.from(text).toString());
}

/** Without what Node's own client refuses to send. */
const headerSafe = (text: string) => text.replace(/[^\x20-\x7e]/g, '').slice(0, 1000);
