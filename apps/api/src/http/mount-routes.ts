import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Request, type Response, Router } from 'express';
import { authenticate } from '../auth/authenticate.ts';
import { authorize } from '../auth/authorize.ts';
import type { KeyRing } from '../auth/key-ring.ts';
import { faultsOf } from './faults-of.ts';
import { ProblemError } from './problem-error.ts';
import { readBody } from './read-body.ts';
import type { Answer, BodyReader, Route } from './route.ts';

/** Makes Express routes of the table; a known path with another method answers 405 and names the right ones. */
export function mountRoutes(routes: readonly Route[], ring: KeyRing): Router {
  const router = Router({ caseSensitive: true });
  for (const route of routes) {
    router[route.method](route.path, async (request, response) => {
      response.locals.route = route.path;
      const principal = authenticate(ring, request.headers);
      authorize(principal, route);
      const params = parsePart(route, 'params', request.params);
      const query = parsePart(route, 'query', request.query);
      const body = route.body === undefined ? undefined : await parseBody(route.body, request, query);
      const { headers } = request;
      await send(response, await route.handle({ params, query, body, headers, principal }));
    });
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path).map((route) => route.method.toUpperCase());
    router.all(path, () => {
      throw new ProblemError(405, 'METHOD_NOT_ALLOWED', `This address takes ${methods.join(' and ')}.`, {
        headers: { allow: methods.join(', ') },
      });
    });
  }
  return router;
}

function parsePart(route: Route, part: 'params' | 'query', value: Request['query']): unknown {
  const parsed = route[part]?.safeParse({ ...value });
  if (parsed === undefined || parsed.success) return parsed?.data;
  throw new ProblemError(
    400,
    `INVALID_${part === 'query' ? 'QUERY' : 'PATH'}`,
    `The ${part} cannot be used.`,
    {
      errors: faultsOf(parsed.error),
    },
  );
}

async function parseBody(
  reader: BodyReader<unknown>,
  request: IncomingMessage,
  query: unknown,
): Promise<unknown> {
  const given = request.headers['content-type'];
  const mediaType = given?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const raw = await readBody(request, reader.maxBytes);
  if (raw.bytes.length === 0 && !reader.required) return undefined;
  const accepted = Object.keys(reader.content);
  if (!accepted.includes(mediaType)) {
    throw new ProblemError(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      `The body must be ${accepted.join(' or ')}${given === undefined ? ', and Content-Type must say so' : ''}.`,
      { headers: { accept: accepted.join(', ') } },
    );
  }
  return reader.read(raw, mediaType, query);
}

async function send(response: Response, answer: Answer): Promise<void> {
  const { status, body, stream, headers } = answer;
  response.status(status).set({ 'cache-control': 'no-store', ...headers });
  if (stream !== undefined && response.req.method !== 'HEAD') await sendStream(stream, response);
  else if (body === undefined) response.end();
  else response.json(body);
}

/** A stream that fails cuts the connection: half a file must not look like a whole one. */
async function sendStream(stream: NonNullable<Answer['stream']>, response: Response): Promise<void> {
  try {
    await pipeline(Readable.from(stream, { objectMode: false }), response);
  } catch (error) {
    const clientLeft = (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!clientLeft) throw error;
  }
}
