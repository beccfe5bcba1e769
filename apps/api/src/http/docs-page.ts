import type { OpenApi, Operation } from './openapi.ts';

export const DOCS_STYLE_PATH = '/docs/style.css';

/** The OpenAPI document as one plain page: no script, no other origin, so it works under the strictest policy. */
export function docsPage(document: OpenApi): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags))];
  const sections = tags.map((tag) => {
    const rows = operations.filter(({ operation }) => operation.tags.includes(tag));
    return `<h2>${escapeHtml(tag)}</h2>${rows.map(({ path, method, operation }) => showOperation(path, method, operation)).join('')}`;
  });
  const schemas = Object.entries(document.components.schemas).map(
    ([id, schema]) =>
      `<details id="schema-${escapeHtml(id)}"><summary><code>${escapeHtml(id)}</code></summary>${showJson(schema)}</details>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(document.info.title)} API</title><link rel="icon" href="data:,"><link rel="stylesheet" href="${DOCS_STYLE_PATH}"></head><body>
<h1>${escapeHtml(document.info.title)} API</h1>
<p>${escapeHtml(document.info.description)}</p>
<p>Machine-readable: <a href="/api/v1/openapi.json">openapi.json</a>. Keys go into <code>Authorization: Bearer …</code>.</p>
${sections.join('\n')}
<h2>Schemas</h2>${schemas.join('\n')}
</body></html>`;
}

function showOperation(path: string, method: string, operation: Operation): string {
  const parameters = operation.parameters.map(
    ({ name, in: place, required, schema }) =>
      `<li><code>${escapeHtml(name)}</code> (${place}${required ? ', required' : ''}) ${showJson(schema)}</li>`,
  );
  const bodies = Object.entries(operation.requestBody?.content ?? {}).map(
    ([type, { schema }]) => `<li><code>${escapeHtml(type)}</code> ${showJson(schema)}</li>`,
  );
  const responses = Object.entries(operation.responses).map(
    ([status, { description, content }]) =>
      `<li><b>${status}</b> ${escapeHtml(description)} ${Object.values(content ?? {})
        .map(({ schema }) => showJson(schema))
        .join('')}</li>`,
  );
  return `<details><summary><b class="${method}">${method.toUpperCase()}</b> <code>${escapeHtml(path)}</code> ${escapeHtml(operation.summary)}</summary>
<p>${escapeHtml(operation.description)}</p>${list('Parameters', parameters)}${list('Body', bodies)}${list('Answers', responses)}</details>`;
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `<h3>${title}</h3><ul>${items.join('')}</ul>`;
}

function showJson(schema: Record<string, unknown>): string {
  if (typeof schema.$ref === 'string') {
    const id = escapeHtml(schema.$ref.replace('#/components/schemas/', ''));
    return `<a href="#schema-${id}">${id}</a>`;
  }
  const text = JSON.stringify(schema, null, 2);
  return text.length < 90
    ? `<code>${escapeHtml(JSON.stringify(schema))}</code>`
    : `<pre>${escapeHtml(text)}</pre>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A file of its own: nothing inline is allowed. */
export const DOCS_STYLE = `
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
details{border:1px solid #8884;border-radius:6px;margin:.4rem 0;padding:.4rem .8rem}
summary{cursor:pointer}h3{font-size:1rem;margin:.6rem 0 0}
pre{overflow:auto;background:#8881;padding:.6rem;border-radius:6px;font-size:13px}
b.get{color:#1a7f37}b.post{color:#0969da}b.put{color:#9a6700}b.delete{color:#cf222e}
`;
