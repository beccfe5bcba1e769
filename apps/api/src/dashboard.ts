import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type RequestHandler, type Response, Router, static as serveStatic } from 'express';

/** Of files whose name stays. Browsers ask for the icon whenever the address changes: at each picture that is judged. */
const HOUR = 'public, max-age=3600';
const PAGE = '/index.html';
/** What the build lays beside each file, the smaller first. */
const ENCODINGS = [
  { encoding: 'br', ending: '.br' },
  { encoding: 'gzip', ending: '.gz' },
];

/** The browser's side: built files from `folder`, whose own routes all get its one page. Without a build, a hint. */
export function dashboard(folder: string): RequestHandler {
  const files = builtFiles(folder);
  const router = Router();
  router.use(files);
  router.get('/{*path}', (request, response, next) => {
    if (request.path !== '/' && !wantsPage(request.headers.accept, request.path)) return next();
    if (existsSync(join(folder, PAGE))) {
      request.url = PAGE;
      return files(request, response, next);
    }
    response
      .status(request.path === '/' ? 200 : 404)
      .type('html')
      .send(NOT_BUILT);
  });
  return router;
}

/** Each file as the build compressed it where the browser takes that, else as it is. */
function builtFiles(folder: string): RequestHandler {
  const router = Router();
  for (const { encoding, ending } of ENCODINGS) {
    const compressed = serveStatic(folder, {
      index: false,
      setHeaders: (response, path, { size, mtimeMs }) => {
        const name = path.slice(0, -ending.length);
        response.setHeader('content-encoding', encoding);
        // Files of one moment and one size would share the tag that is made of these two.
        response.setHeader(
          'etag',
          `W/"${encoding}-${size.toString(16)}-${Math.trunc(mtimeMs).toString(16)}"`,
        );
        response.type(extname(name));
        describeFile(response, folder, name);
      },
    });
    router.use((request, response, next) => {
      if (request.acceptsEncodings(encoding) !== encoding) return next();
      const { url } = request;
      request.url = `${request.path}${ending}`;
      compressed(request, response, (error) => {
        request.url = url;
        next(error);
      });
    });
  }
  router.use(
    serveStatic(folder, {
      index: false,
      setHeaders: (response, path) => describeFile(response, folder, path),
    }),
  );
  return router;
}

function describeFile(response: Response, folder: string, path: string): void {
  // Vite puts the content's hash into the names under assets/.
  const hashed = path.startsWith(join(folder, 'assets'));
  const other = path === join(folder, PAGE) ? 'no-cache' : HOUR;
  response.setHeader('cache-control', hashed ? 'public, max-age=31536000, immutable' : other);
  response.vary('accept-encoding');
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
