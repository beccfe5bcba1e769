import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A name that leads to one server after the other, like a DNS record or a load balancer in front of a failover. */
export interface TcpRelay {
  port: number;
  /** New connections lead here; those that are open stay where they are. */
  leadTo(port: number): void;
  /** Open connections to this port. */
  openTo(port: number): number;
  close(): Promise<void>;
}

export async function startTcpRelay(port: number): Promise<TcpRelay> {
  let target = port;
  const open = new Map<Socket, number>();
  const server = createServer((client) => {
    const led = target;
    const upstream = connect(led, '127.0.0.1');
    open.set(client, led);
    client.pipe(upstream).pipe(client);
    const end = () => {
      open.delete(client);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.on('close', end).on('error', end);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    leadTo(next) {
      target = next;
    },
    openTo: (to) => [...open.values()].filter((led) => led === to).length,
    async close() {
      server.close();
      for (const client of open.keys()) client.destroy();
      await once(server, 'close');
    },
  };
}
