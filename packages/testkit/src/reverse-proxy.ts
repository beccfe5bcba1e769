import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

export interface ReverseProxy {
  url: string;
  /** Requests and web sockets that each target has been sent. */
  sent: Map<string, number>;
  close(): Promise<void>;
}

/** A load balancer: requests and web sockets go to the targets (`host:port`) by turns. */
export async function startReverseProxy(targets: readonly string[]): Promise<ReverseProxy> {
  const sent = new Map(targets.map((target) => [target, 0]));
  let turn = 0;
  const next = () => {
    const target = targets[turn++ % targets.length] ?? '';
    sent.set(target, (sent.get(target) ?? 0) + 1);
    const { hostname, port } = new URL(`http://${target}`);
    return { host: hostname, port: Number(port) };
  };
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    const onwards = forward({ ...next(), method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onwards.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    request.pipe(onwards);
  });
  server.on('upgrade', (request, socket, head) => {
    const lines = request.rawHeaders.reduce(
      (text, part, at) => text + part + (at % 2 === 0 ? ': ' : '\r\n'),
      `${request.method} ${request.url} HTTP/1.1\r\n`,
    );
    const onwards = connect(next(), () => {
      onwards.write(`${lines}\r\n`);
      onwards.write(head);
      onwards.pipe(socket).pipe(onwards);
    });
    for (const [one, other] of [
      [onwards, socket],
      [socket, onwards],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
    open.add(socket).add(onwards);
  });
  const open = new Set<{ destroy(): unknown }>();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    async close() {
      for (const socket of open) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
