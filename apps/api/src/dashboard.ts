import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type RequestHandler, Router, static as serveStatic } from 'express';

/** Of files whose name stays. Browsers ask for the icon whenever the address changes: at each picture that is judged. */
const HOUR = 'public, max-age=3600';

/** The browser's side: built files from `folder`, whose own routes all get its one page. Without a build, a hint. */
export function dashboard(folder: string): RequestHandler {
  const page = join(folder, 'index.html');
  const router = Router();
  router.use(
    serveStatic(folder, {
      index: false,
      setHeaders: (response, path) => {
        // Vite puts the content's hash into the names under assets/.
        const hashed = path.startsWith(join(folder, 'assets'));
        const other = path === page ? 'no-cache' : HOUR;
        response.setHeader('cache-control', hashed ? 'public, max-age=31536000, immutable' : other);
      },
    }),
  );
  router.get('/{*path}', (request, response, next) => {
    if (request.path !== '/' && !wantsPage(request.headers.accept, request.path)) return next();
    if (existsSync(page)) response.set('cache-control', 'no-cache').sendFile(page);
    else
      response
        .status(request.path === '/' ? 200 : 404)
        .type('html')
        .send(NOT_BUILT);
  });
  return router;
}

/** A person who opens or reloads an address of the dashboard; not a program, not a missing script or picture. */
function wantsPage(accept: string | undefined, path: string): boolean {
  const isOurs = /^\/(api|files|admin|metrics|healthz|readyz|docs|socket\.io|assets)(\/|$)/.test(path);
  return !isOurs && (accept ?? '').includes('text/html');
}

const NOT_BUILT = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Image Studio</title></head><body>
<h1>Image Studio</h1>
<p>The API runs. The dashboard has not been built: run <code>npm run build</code>, or start everything with <code>npm start</code>.</p>
<p><a href="/docs">API documentation</a></p></body></html>`;
