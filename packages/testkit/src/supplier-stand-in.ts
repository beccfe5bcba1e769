import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type SupplierHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface ServeOptions {
  /** Default 200. */
  status?: number;
  /** Default `image/jpeg`. */
  contentType?: string;
  headers?: Record<string, string>;
}

export interface SupplierRequest {
  /** With its query. */
  path: string;
  /** `Date.now()` of its arrival. */
  at: number;
  headers: IncomingHttpHeaders;
}

/** A supplier's image server: real HTTP on a loopback port, serving what it was told to, faults included. */
export interface Supplier {
  /** `http://127.0.0.1:<port>` */
  origin: string;
  /** Answers `path` (without query) with these bytes, or as the handler does. Returns the full address. */
  serve(path: string, content: Uint8Array | SupplierHandler, options?: ServeOptions): string;
  /** Every request so far, in order of arrival. */
  requests: SupplierRequest[];
  /** Requests for `path`, whatever their query. */
  hits(path: string): number;
  /** Connections accepted so far. */
  connections(): number;
  close(): Promise<void>;
}

const NOT_FOUND = Buffer.from('not found');

/** Starts a supplier; paths that were not served answer 404. Faults for it are in `supplier-faults.ts`. */
export async function startSupplier(): Promise<Supplier> {
  const routes = new Map<string, SupplierHandler>();
  const requests: SupplierRequest[] = [];
  let connections = 0;

  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    requests.push({ path, at: Date.now(), headers: request.headers });
    const handler =
      routes.get(withoutQuery(path)) ?? answerWith(NOT_FOUND, { status: 404, contentType: 'text/plain' });
    handler(request, response);
  });
  server.on('connection', () => {
    connections++;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    origin,
    requests,
    serve(path, content, options = {}) {
      // Keyed by what arrives on the wire, so that `主图.jpg` can be served as it is written.
      const { pathname } = new URL(path, origin);
      routes.set(pathname, typeof content === 'function' ? content : answerWith(content, options));
      return `${origin}${pathname}`;
    },
    hits: (path) => {
      const { pathname } = new URL(path, origin);
      return requests.filter((request) => withoutQuery(request.path) === pathname).length;
    },
    connections: () => connections,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The plain handler: these bytes, with their length. */
function answerWith(content: Uint8Array, options: ServeOptions): SupplierHandler {
  return (_request, response) => {
    response.writeHead(options.status ?? 200, {
      'content-type': options.contentType ?? 'image/jpeg',
      'content-length': content.length,
      ...options.headers,
    });
    response.end(content);
  };
}

function withoutQuery(path: string): string {
  return path.split('?', 1)[0] ?? path;
}
