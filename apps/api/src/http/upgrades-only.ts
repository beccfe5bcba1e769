import { IncomingMessage } from 'node:http';

/**
 * The class of a server's requests that lets only `protocol` below `path` reach its `upgrade` event. Node hands every
 * request with an `Upgrade` header over to that event as soon as somebody listens, and nobody answers what is not a web
 * socket: `curl --http2` and Java's client, which offer h2c with each request, were told nothing. RFC 9110, 7.8: a server
 * may ignore the header.
 */
export function upgradesOnly(protocol: string, path: string): typeof IncomingMessage {
  return class extends IncomingMessage {
    private offers: boolean | null | undefined;

    /** Set by Node's parser before it has the headers, and read when it has them. */
    get upgrade(): boolean {
      if (this.offers !== true) return false;
      const wanted = this.headers.upgrade?.toLowerCase() === protocol;
      return this.method === 'CONNECT' || (wanted && this.url?.startsWith(path) === true);
    }

    set upgrade(value: boolean | null) {
      this.offers = value;
    }
  };
}
