import { Problem } from '@image-studio/contract';
import { z } from 'zod';
import type { Route } from './route.ts';

type Json = Record<string, unknown>;

/** An OpenAPI 3.1 document, made from the route table: what is not in the table is not in the document. */
export interface OpenApi extends Json {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json>; securitySchemes: Json };
}

export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  parameters: { name: string; in: 'path' | 'query' | 'header'; required: boolean; schema: Json }[];
  requestBody?: { required: boolean; content: Record<string, { schema: Json }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Json }> }>;
}

export function openApi(routes: readonly Route[], version: string): OpenApi {
  const schemas: Record<string, Json> = {};
  const paths: OpenApi['paths'] = {};
  for (const route of routes) {
    const path = `/api/v1${route.path.replace(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method]: operationOf(route, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Image Studio',
      version,
      description:
        'Turns supplier photos into marketplace listing images. Errors are RFC 9457 problem documents.',
    },
    security: [{ key: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'One of API_KEYS; not needed when none are configured.',
        },
      },
    },
  };
}

function operationOf(route: Route, schemas: Record<string, Json>): Operation {
  const { params, query } = route;
  const body = route.upload === undefined ? route.body : { required: true, content: route.upload.content };
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    description: `Needs a key with the role \`${route.role}\`${route.fleet ? ' of the default tenant' : ''}.`,
    parameters: [...parametersOf('path', params, schemas), ...parametersOf('query', query, schemas)],
    ...(body !== undefined && {
      requestBody: {
        required: body.required,
        content: Object.fromEntries(
          Object.entries(body.content).map(([type, schema]) => [
            type,
            { schema: schema === null ? { type: 'string' } : jsonSchema(schema, schemas) },
          ]),
        ),
      },
    }),
    responses: { ...answersOf(route, schemas), ...problemsOf(route, schemas) },
  };
}

function parametersOf(
  place: 'path' | 'query',
  schema: z.ZodType | undefined,
  schemas: Record<string, Json>,
): Operation['parameters'] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, schemas) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

function answersOf(route: Route, schemas: Record<string, Json>): Operation['responses'] {
  return Object.fromEntries(
    Object.entries(route.answers).map(([status, { description, schema, mediaType }]) => [
      status,
      {
        description,
        ...(mediaType !== undefined && {
          content: Object.fromEntries([mediaType].flat().map((type) => [type, { schema: {} }])),
        }),
        ...(schema !== undefined && {
          content: { 'application/json': { schema: jsonSchema(schema, schemas) } },
        }),
      },
    ]),
  );
}

function problemsOf(route: Route, schemas: Record<string, Json>): Operation['responses'] {
  const described: Record<string, string> = {
    401: 'No key, or an unknown one',
    403: 'The key may not do this',
    429: 'More requests than `API_RATE_LIMIT_PER_MINUTE`; see `Retry-After`',
    503: 'Redis or the object store is away; see `Retry-After`',
    ...(route.params !== undefined && { 400: 'The path cannot be used' }),
    ...((route.body ?? route.upload) !== undefined && {
      400: 'Malformed',
      408: 'The body, or the whole request, came too slowly',
      415: 'Another content type',
      422: 'Does not fit the schema',
    }),
    ...(route.query !== undefined && { 400: 'The query cannot be used' }),
    ...route.problems,
  };
  const content = { 'application/problem+json': { schema: jsonSchema(Problem, schemas) } };
  return Object.fromEntries(
    Object.entries(described).map(([status, description]) => [status, { description, content }]),
  );
}

/** zod puts schemas that have an id under `$defs`; here they move to where OpenAPI keeps them. */
function jsonSchema(schema: z.ZodType, schemas: Record<string, Json>): Json {
  const { $defs = {}, $schema, ...own } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  for (const [id, definition] of Object.entries($defs)) schemas[id] ??= withMovedRefs(definition) as Json;
  const moved = withMovedRefs(own) as Json;
  const { id } = z.globalRegistry.get(schema) ?? {};
  if (id === undefined) return moved;
  schemas[id] ??= moved;
  return { $ref: `#/components/schemas/${id}` };
}

function withMovedRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMovedRefs);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      // The id has become the name; `id` itself is no keyword of JSON Schema, unless it names a property.
      .filter(([name, inner]) => !(name === 'id' && typeof inner === 'string'))
      .map(([name, inner]) =>
        name === '$ref' && typeof inner === 'string'
          ? [name, inner.replace('#/$defs/', '#/components/schemas/')]
          : [name, withMovedRefs(inner)],
      ),
  );
}
