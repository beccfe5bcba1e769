#!/usr/bin/env node
/**
 * Compiles the loops over pixels (packages/imaging/assembly/*.ts) and writes them into packages/imaging/src/kernels/compiled.ts:
 *
 *   node scripts/make-kernels.mjs
 *
 * Whoever changes a loop runs this and commits both; a test tells when it was forgotten. The compiler is fetched with npm into a
 * temporary folder, because it has 102 MB and nobody else needs it: compiled, the loops have 1.3 KB.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMPILER = 'assemblyscript@0.28.20';
const NAMES = ['map', 'enlarge'];
/** Loops without a heap, an allocator or checks, on the memory that they are given. */
const OPTIONS =
  '-O3 --enable simd --runtime stub --noAssert --importMemory --noExportMemory --initialMemory 1'.split(' ');

const imaging = fileURLToPath(new URL('../packages/imaging', import.meta.url));
const folder = join(tmpdir(), `image-studio-${COMPILER.replace('@', '-')}`);
const asc = join(folder, 'node_modules/assemblyscript/bin/asc.js');
if (!existsSync(asc)) {
  mkdirSync(folder, { recursive: true });
  const options = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder];
  execFileSync('npm', ['install', ...options, COMPILER], { stdio: 'inherit' });
}

const entries = NAMES.map((name) => {
  const source = join(imaging, 'assembly', `${name}.ts`);
  const compiled = join(folder, `${name}.wasm`);
  execFileSync(process.execPath, [asc, source, '-o', compiled, ...OPTIONS], { stdio: 'inherit' });
  const sha256 = createHash('sha256').update(readFileSync(source)).digest('hex');
  return `  ${name}: {\n    sha256: '${sha256}',\n    bytes:\n      '${readFileSync(compiled, 'base64')}',\n  },\n`;
});
writeFileSync(
  join(imaging, 'src/kernels/compiled.ts'),
  `/**
 * WebAssembly modules, in base64, and of which source each was compiled: written by scripts/make-kernels.mjs
 * (${COMPILER}), not by hand.
 */
export const COMPILED = {
${entries.join('')}};
`,
);
