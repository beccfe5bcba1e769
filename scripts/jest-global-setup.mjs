import './typescript.mjs';

/** Makes sure that a Redis server exists before test files start theirs: two must not install one at a time. */
export default async function globalSetup() {
  const { findRedisServer } = await import('../packages/runtime/src/find-redis-server.ts');
  await findRedisServer({
    autoInstall: process.env.STUDIO_AUTO_INSTALL !== '0',
    say: (message) => process.stderr.write(`${message}\n`),
  });
}
