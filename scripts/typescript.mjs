/**
 * Lets plain Node 20 run this repository's TypeScript sources without a build, for tests that start real processes:
 * `node --conditions=source --import ./scripts/typescript.mjs file.ts`. Types are dropped by swc, not checked.
 */
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';

// Every thread of the process imports this file and registers; the hooks below run in a thread of their own, which
// imports it once more, under another name.
const AS_HOOKS = '?hooks';
if (!import.meta.url.endsWith(AS_HOOKS)) register(`${import.meta.url}${AS_HOOKS}`);

/** Node's module loading hook. */
export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  const { transform } = await import('@swc/core');
  const { code } = await transform(await readFile(fileURLToPath(url), 'utf8'), {
    filename: fileURLToPath(url),
    jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
    sourceMaps: 'inline',
    swcrc: false,
  });
  return { format: 'module', source: code, shortCircuit: true };
}
