import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A loopback port that is free at this moment. Somebody else may take it before it is used, so the caller must
 * be ready to ask again.
 */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the system named no free port');
  return address.port;
}
