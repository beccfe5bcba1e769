import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

/**
 * `node --import …/run-typescript.mjs --conditions=source child.ts`: for tests that start a process from source, as Jest
 * itself runs it. The same file is the hook and what registers it.
 */
if (!import.meta.url.endsWith('?hook')) register(`${import.meta.url}?hook`);

/** A module hook of Node: compiles what ends in `.ts`. */
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const { code } = await transform(await readFile(fileURLToPath(url), 'utf8'), {
    filename: fileURLToPath(url),
    jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
    sourceMaps: 'inline',
    swcrc: false,
  });
  return { format: 'module', source: code, shortCircuit: true };
}
