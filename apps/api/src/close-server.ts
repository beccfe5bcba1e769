import type { Server } from 'node:http';

/** How often connections that have become idle are let go of while the last answers are under way. */
const SWEEP_MS = 50;

/**
 * Stops listening, closes what holds connections open (`closeSockets`), lets running requests finish, and cuts those
 * that are still there after `graceMs`.
 */
export async function closeServer(
  server: Server,
  closeSockets: () => Promise<void>,
  graceMs: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  try {
    await closeSockets();
    await closed;
  } finally {
    clearInterval(sweep);
    clearTimeout(cut);
  }
}
