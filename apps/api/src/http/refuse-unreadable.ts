import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Problem } from '@image-studio/contract';
import { ProblemError } from './problem-error.ts';
import { problemOf } from './problem-of.ts';

const REASONS: Record<string, [status: number, code: string, detail: string]> = {
  HPE_HEADER_OVERFLOW: [
    431,
    'HEADERS_TOO_LARGE',
    'The address and headers of a request may hold 16 KB together.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'REQUEST_TIMEOUT', 'The request took too long to arrive.'],
};
const UNREADABLE: [number, string, string] = [
  400,
  'BAD_REQUEST',
  'This is no HTTP request that can be read.',
];

/** What Node cannot read as a request never reaches a route: it is told why in the form of every other refusal. */
export function refuseUnreadable(server: Server): void {
  const answering = new WeakMap<Duplex, ServerResponse>();
  server.prependListener('request', (request, response) => {
    answering.set(request.socket, response);
    response.once('finish', () => answering.delete(request.socket));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // When part of an answer is out, another one would be taken for the rest of it.
    const mayAnswer = socket.writable && answering.get(socket)?.headersSent !== true;
    if (!mayAnswer) return void socket.destroy(error);
    const [status, code, detail] = REASONS[error.code ?? ''] ?? UNREADABLE;
    socket.end(asText(problemOf(new ProblemError(status, code, detail)).problem), () => socket.destroy());
  });
}

function asText(problem: Problem): string {
  const body = JSON.stringify(problem);
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    "content-security-policy: default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options: nosniff',
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
