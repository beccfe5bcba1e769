/**
 * Lets plain Node 20 run this repository's TypeScript sources without a build, for tests that start real processes:
 * `node --conditions=source --import ./scripts/typescript.mjs file.ts`. Types are dropped by swc, not checked.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';

// Every thread of the process imports this file and registers; the hooks below run in a thread of their own, which
// imports it once more, under another name.
const AS_HOOKS = '?hooks';
if (!import.meta.url.endsWith(AS_HOOKS)) register(`${import.meta.url}${AS_HOOKS}`);

/** What was compiled before, by what it was compiled from: tests start the same sources dozens of times. */
const CACHE = new URL('../node_modules/.cache/image-studio/typescript/', import.meta.url);

/** Node's module loading hook. */
export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  const filename = fileURLToPath(url);
  const text = await readFile(filename, 'utf8');
  const name = createHash('sha256')
    .update(`${import.meta.url}\0${filename}\0${text}`)
    .digest('hex');
  const kept = new URL(`${name}.js`, CACHE);
  const source = await readFile(kept, 'utf8').catch(() => compile(filename, text, kept));
  return { format: 'module', source, shortCircuit: true };
}

async function compile(filename, text, kept) {
  const { transform } = await import('@swc/core');
  const { code } = await transform(text, {
    filename,
    jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
    sourceMaps: 'inline',
    swcrc: false,
  });
  // Whole or not at all: another process may be reading. One that cannot be kept is compiled again.
  const unfinished = new URL(`${kept.href}.${process.pid}`);
  await mkdir(CACHE, { recursive: true })
    .then(() => writeFile(unfinished, code))
    .then(() => rename(unfinished, kept))
    .catch(() => {});
  return code;
}
