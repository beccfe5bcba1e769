import type { IncomingMessage } from 'node:http';
import { say } from '@image-studio/contract';
import { type Request, type Response, Router } from 'express';
import type { ZodError } from 'zod';
import type { Admission } from '../auth/admission.ts';
import type { Audit } from '../auth/audit.ts';
import { authorize } from '../auth/authorize.ts';
import type { AuditedAction } from '../auth/caller.ts';
import type { Principal } from '../auth/principal.ts';
import type { BodyMemory, HeldBody } from './body-memory.ts';
import type { DownloadSlots } from './download-slots.ts';
import { faultsOf } from './faults-of.ts';
import { ProblemError } from './problem-error.ts';
import { readBody } from './read-body.ts';
import type { BodyReader, Route } from './route.ts';
import { sendAnswer } from './send-answer.ts';

/** Who comes in, and what is noted of it. */
export interface RequestPipeline {
  admission: Admission;
  audit: Audit;
  bodyMemory: BodyMemory;
  downloads: DownloadSlots;
}

/** Makes Express routes of the table; a known path with another method answers 405 and names the right ones. */
export function mountRoutes(
  routes: readonly Route[],
  { admission, audit, bodyMemory, downloads }: RequestPipeline,
): Router {
  const router = Router({ caseSensitive: true });
  for (const route of routes) {
    router[route.method](route.path, async (request, response) => {
      response.locals.route = route.path;
      const asked = auditedAction(route, request.params, response);
      const principal = admission.request(request, response, asked);
      if (route.role !== 'viewer') audit.action(request, response, asked);
      authorize(principal, route);
      const params = parsePart(route, 'params', request.params);
      const query = parsePart(route, 'query', request.query);
      const held = bodyMemory.open(principal);
      response.once('close', held.release);
      await route.find?.({ params, principal });
      const body = await takeBody(route, request, query, { principal, held });
      if (route.isDownload) response.once('close', downloads.enter(principal.tenant));
      const { headers } = request;
      const answer = await route.handle({ params, query, body, headers, principal });
      response.locals.answer = answer.body;
      await sendAnswer(response, answer);
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

/** The batch is the one in the path, or the one that the answer tells of. */
function auditedAction(route: Route, params: Request['params'], response: Response): () => AuditedAction {
  return () => {
    const { id, jobId } = (response.locals.answer ?? {}) as { id?: unknown; jobId?: unknown };
    const batchId = params.id ?? params.jobId ?? id ?? jobId;
    const { sku } = params;
    return {
      action: route.operationId,
      ...(typeof batchId === 'string' && { batchId: batchId.slice(0, 64) }),
      ...(typeof sku === 'string' && { sku: sku.slice(0, 128) }),
    };
  };
}

function parsePart(route: Route, part: 'params' | 'query', value: Request['query']): unknown {
  const repeated = Object.entries(value).filter(([, given]) => Array.isArray(given));
  const parsed = route[part]?.safeParse({ ...value });
  if (parsed === undefined || (parsed.success && repeated.length === 0)) return parsed?.data;
  const errors = repeated.map(([path]) => ({ path, ...say`may be given only once` }));
  throw new ProblemError(
    400,
    `INVALID_${part === 'query' ? 'QUERY' : 'PATH'}`,
    `The ${part} cannot be used.`,
    { errors: errors.length > 0 ? errors : faultsOf(parsed.error as ZodError) },
  );
}

async function takeBody(
  { body, upload }: Route,
  request: IncomingMessage,
  query: unknown,
  from: { principal: Principal; held: HeldBody },
): Promise<unknown> {
  if (upload !== undefined) return upload.receive(request, from.principal);
  return body === undefined ? undefined : parseBody(body, request, query, from);
}

async function parseBody(
  reader: BodyReader<unknown>,
  request: IncomingMessage,
  query: unknown,
  { principal, held }: { principal: Principal; held: HeldBody },
): Promise<unknown> {
  const given = request.headers['content-type'];
  const mediaType = given?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const raw = await readBody(request, reader.maxBytes, held);
  if (raw.bytes.length === 0 && !reader.required) return undefined;
  const accepted = Object.keys(reader.content);
  const isTaken = reader.contentDecides ? !mediaType.startsWith('multipart/') : accepted.includes(mediaType);
  if (!isTaken) {
    throw new ProblemError(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      `The body must be ${accepted.join(' or ')}${given === undefined ? ', and Content-Type must say so' : ''}.`,
      { headers: { accept: accepted.join(', ') } },
    );
  }
  await held.turn();
  return reader.read(raw, mediaType, query, principal);
}
