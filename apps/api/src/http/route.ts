import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { ApiKey } from '@image-studio/runtime';
import type { z } from 'zod';
import type { Principal } from '../auth/principal.ts';
import type { RawBody } from './read-body.ts';

/** What a handler is given: everything parsed, nothing of Express. */
export interface RouteInput<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  headers: IncomingHttpHeaders;
  principal: Principal;
}

/** What a handler gives back. `body: undefined` is sent as no body. */
export interface Answer {
  status: number;
  body?: unknown;
  /** Instead of `body`: pieces as they are ready, at the client's pace. Ended early when the client leaves. */
  stream?: AsyncIterable<string | Uint8Array>;
  headers?: Record<string, string>;
}

/** How a route reads its body, and how that looks in the OpenAPI document. */
export interface BodyReader<B> {
  /** Media type → schema (absent: text). The keys are what the route accepts; others get 415. */
  content: Record<string, z.ZodType | null>;
  /** Any type is taken but a form's: the reader looks at the bytes, as people's tools send what they like. */
  contentDecides?: boolean;
  required: boolean;
  maxBytes: number;
  read(body: RawBody, mediaType: string, query: unknown, principal: Principal): Promise<B>;
}

/** How a route takes a body that is not to be held in memory. */
export interface BodyStream<B> {
  /** Media type → schema, for the OpenAPI document: what is taken, `receive` decides. */
  content: Record<string, z.ZodType>;
  /** Takes the body as it comes, to its end or to the fault that it throws. */
  receive(request: IncomingMessage, principal: Principal): Promise<B>;
}

/** One row of the route table. The express route and the OpenAPI operation are both made from it. */
export interface Route<P = unknown, Q = unknown, B = unknown> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below `/api/v1`, with Express's `:name`. */
  path: string;
  operationId: string;
  tag: string;
  summary: string;
  /** Least role that may call it. */
  role: ApiKey['role'];
  /** Concerns the whole fleet, not one tenant's batches: for keys of the `default` tenant only. */
  fleet?: boolean;
  /** Answers with a stream that may be long, so only so many are sent at once. */
  isDownload?: boolean;
  params?: z.ZodType<P>;
  query?: z.ZodType<Q>;
  body?: BodyReader<B>;
  /** Looks, before a large body is read, whether there is what the request is about; throws 404. */
  find?(input: Pick<RouteInput<P, Q, B>, 'params' | 'principal'>): Promise<unknown>;
  /** Instead of `body`. */
  upload?: BodyStream<B>;
  /** Status → what it means, and the schema of its body, or the media type of one without (a file). */
  answers: Record<
    number,
    { description: string; schema?: z.ZodType; mediaType?: string | readonly string[] }
  >;
  /** Statuses with a problem document, beyond those that every route can answer. */
  problems?: Record<number, string>;
  handle(input: RouteInput<P, Q, B>): Promise<Answer>;
}

/** Keeps the types of one row while it is written down, and forgets them when it joins the table. */
export function route<P, Q, B>(row: Route<P, Q, B>): Route {
  return row as unknown as Route;
}
