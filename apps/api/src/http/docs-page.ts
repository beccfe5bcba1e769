import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type RequestHandler, Router } from 'express';

/** Where Swagger UI is installed. Two of its files are served, from here: no other origin sees who reads the documentation. */
const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/**
 * `/docs`: the OpenAPI document at `documentUrl` as a page in which every call can be tried (Swagger UI). Nothing in it is
 * inline, so it works under the policy of `security-headers.ts` as it stands. A key that is typed into *Authorize* stays in
 * the page's memory: it is neither stored nor put into an address.
 */
export function docsPage(documentUrl: string, title: string): RequestHandler {
  const files: Record<string, { type: string; body: string | Buffer }> = {
    '/': { type: 'html', body: pageOf(documentUrl, title) },
    '/start.js': { type: 'js', body: startOf(documentUrl) },
    '/style.css': { type: 'css', body: STYLE },
    '/swagger-ui.css': { type: 'css', body: readFileSync(join(SWAGGER_UI, 'swagger-ui.css')) },
    '/swagger-ui-bundle.js': { type: 'js', body: readFileSync(join(SWAGGER_UI, 'swagger-ui-bundle.js')) },
  };
  const router = Router();
  for (const [path, { type, body }] of Object.entries(files)) {
    router.get(path, (_request, response) => {
      response.set('cache-control', 'no-cache').type(type).send(body);
    });
  }
  return router;
}

function pageOf(documentUrl: string, title: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title} API</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css"><link rel="stylesheet" href="/docs/style.css"></head>
<body><div id="docs"></div>
<noscript><p>Without scripts: the document itself is at <a href="${documentUrl}">${documentUrl}</a>.</p></noscript>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script>
</body></html>`;
}

/**
 * `validatorUrl`: its default sends the document to another company. `deepLinking` would put links into buttons, which
 * screen readers cannot reach. `mend` names what Swagger UI leaves without a name.
 */
function startOf(documentUrl: string): string {
  return `
const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();
const set = (selector, name, value) => {
  for (const one of document.querySelectorAll(selector)) if (!one.hasAttribute(name)) one.setAttribute(name, value(one));
};
const mend = () => {
  set('.close-modal', 'aria-label', () => 'Close');
  set('.opblock-tag, .modal-ux-header h3', 'aria-level', () => '2');
  set('.models h4', 'aria-level', () => '2');
  set('.information-container', 'role', () => 'banner');
  set('.filter-container', 'role', () => 'search');
  set('pre', 'tabindex', () => '0');
  set('tr[data-param-name] :is(select, input, textarea)', 'aria-label', (one) => one.closest('tr').dataset.paramName);
  for (const one of document.querySelectorAll('button[aria-label="Apply credentials"]')) one.removeAttribute('aria-label');
};
new MutationObserver(mend).observe(document.getElementById('docs'), { childList: true, subtree: true });
SwaggerUIBundle({
  url: ${JSON.stringify(documentUrl)},
  domNode: document.getElementById('docs'),
  presets: [SwaggerUIBundle.presets.apis],
  layout: 'BaseLayout',
  deepLinking: false,
  syntaxHighlight: false,
  filter: true,
  tryItOutEnabled: true,
  persistAuthorization: false,
  queryConfigEnabled: false,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
});
`;
}

const STYLE = `
html{color-scheme:light}html.dark-mode{color-scheme:dark}
body{margin:0;background:#fff}html.dark-mode body{background:#1c2022}
html:not(.dark-mode) .swagger-ui .info .title small{background:#4d5a54}
html:not(.dark-mode) .swagger-ui .info .title small.version-stamp{background:#3f6212}
html:not(.dark-mode) .swagger-ui .info a.link{color:#1f5fb8}
html:not(.dark-mode) .swagger-ui .btn.authorize{color:#17724d;border-color:#17724d}
html:not(.dark-mode) .swagger-ui .btn.authorize svg{fill:#17724d}
html:not(.dark-mode) .swagger-ui .opblock-get .opblock-summary-method{background:#1f5fb8}
html:not(.dark-mode) .swagger-ui .opblock-post .opblock-summary-method{background:#17724d}
html:not(.dark-mode) .swagger-ui .opblock-put .opblock-summary-method{background:#8a5a00}
html:not(.dark-mode) .swagger-ui .opblock-patch .opblock-summary-method{background:#0b6b66}
html:not(.dark-mode) .swagger-ui .opblock-delete .opblock-summary-method{background:#b92d26}
`;
