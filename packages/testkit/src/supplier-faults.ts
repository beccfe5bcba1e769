import type { SupplierHandler } from './supplier-stand-in.ts';

/** What goes wrong at real suppliers, each as a handler for `supplier.serve(path, handler)`. */
export const supplierFaults = {
  /** Any status, with a short text as its body. */
  status(status: number, headers: Record<string, string> = {}): SupplierHandler {
    return (_request, response) => {
      // As bytes: with a string, Node would send the headers as UTF-8 too instead of as they are.
      const body = Buffer.from(`answer ${status}`);
      response.writeHead(status, { 'content-length': body.length, ...headers }).end(body);
    };
  },

  /** The photo, complete. */
  photo(content: Uint8Array, headers: Record<string, string> = {}): SupplierHandler {
    return (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': content.length, ...headers });
      response.end(content);
    };
  },

  /** One handler per request, the last one for all that follow: `inTurn(status(500), photo(bytes))`. */
  inTurn(...handlers: [SupplierHandler, ...SupplierHandler[]]): SupplierHandler {
    let turn = 0;
    return (request, response) => {
      const handler = handlers[Math.min(turn++, handlers.length - 1)];
      handler?.(request, response);
    };
  },

  redirect(location: string, status = 302): SupplierHandler {
    return supplierFaults.status(status, { location });
  },

  /** Announces the whole photo, sends half of it and resets the connection. */
  resetHalfWay(content: Uint8Array): SupplierHandler {
    return (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': content.length });
      response.write(content.subarray(0, content.length / 2), () => response.socket?.resetAndDestroy());
    };
  },

  /** Resets a connection that was kept open as soon as it is used again: the server had just given it up. */
  resetReused(content: Uint8Array): SupplierHandler {
    const used = new WeakSet<object>();
    const photo = supplierFaults.photo(content);
    return (request, response) => {
      if (used.has(request.socket)) return void request.socket.resetAndDestroy();
      used.add(request.socket);
      photo(request, response);
    };
  },

  /** Announces more than it sends, then closes the connection in good order. */
  truncatedLength(content: Uint8Array): SupplierHandler {
    return (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': content.length * 2 });
      response.write(content, () => response.socket?.end());
    };
  },

  /** The photo without a length, in chunks. */
  chunked(content: Uint8Array): SupplierHandler {
    return (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/jpeg' });
      response.write(content.subarray(0, content.length / 2));
      response.end(content.subarray(content.length / 2));
    };
  },

  /** Slow loris: `size` bytes every `everyMs`, without end. */
  slowBody(everyMs: number, size = 1): SupplierHandler {
    return (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/jpeg' });
      const timer = setInterval(() => response.write(Buffer.alloc(size, 0xff)), everyMs);
      response.once('close', () => clearInterval(timer));
    };
  },

  /** Sends as fast as it is read, for ever. */
  endlessBody(status = 200, headers: Record<string, string> = {}): SupplierHandler {
    return (_request, response) => {
      response.writeHead(status, { 'content-type': 'image/jpeg', ...headers });
      const piece = Buffer.alloc(64 * 1024, 0xff);
      const pump = () => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', pump);
      pump();
    };
  },

  /** Accepts the request and never says a word. */
  stallBeforeHeaders(): SupplierHandler {
    return () => {};
  },

  /** Sends headers and some bytes, then nothing. */
  stallInBody(content: Uint8Array): SupplierHandler {
    return (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': content.length });
      response.write(content.subarray(0, content.length / 2));
    };
  },

  /** 200 and HTML where a photo should be: an expired session. */
  loginPage(): SupplierHandler {
    const page = Buffer.from('<!doctype html><html><body><form>Please log in</form></body></html>');
    return supplierFaults.photo(page, { 'content-type': 'text/html' });
  },
};
