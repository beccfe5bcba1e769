import { once } from 'node:events';
import { createServer } from 'node:net';

/** Rejects with a sentence when the API could not listen there. */
export async function assertPortFree(host: string, port: number): Promise<void> {
  const server = createServer();
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(reason(error as NodeJS.ErrnoException, host, port), { cause: error });
  }
  server.close();
  await once(server, 'close');
}

function reason(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken by another program. Choose another one: PORT=${port + 1} npm start`;
    case 'EACCES':
      return `Port ${port} needs more rights than this user has. Choose one above 1023: PORT=3000 npm start`;
    default:
      return `The API cannot listen on ${host}:${port} (${error.code}). Check HOST and PORT.`;
  }
}
