import { type Agent, request } from 'node:http';
import type { FuzzRequest } from './make-request.ts';

export interface RawAnswer {
  status: number;
  type: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** Without `fetch`, which tidies paths and headers up. Rejects when the connection breaks before the answer is whole. */
export function sendRequest(
  origin: string,
  { method, path, headers, body }: FuzzRequest,
  agent: Agent,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin);
  const flat = headers.flat();
  if (body !== undefined) flat.push('content-length', String(body.length));
  flat.push('host', `${hostname}:${port}`);
  return new Promise((resolve, refuse) => {
    const reject = (error: Error) =>
      refuse(new Error(`${method} ${path.slice(0, 200)}: ${error.message}`, { cause: error }));
    const sent = request({ hostname, port, method, path, agent, headers: flat as never }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type']?.split(';')[0] ?? '',
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
