/**
 * Holds the code to the rules of its rooms (scripts/dependencies/rules.mjs): who may import whom. Every import counts:
 * type-only, dynamic, re-export. `node scripts/check-dependencies.mjs [folder]`; fails on a broken rule, and on
 * having looked at nothing, because a gate that looks at nothing is always green.
 */
import { fileURLToPath } from 'node:url';
import { findModules } from './dependencies/find-modules.mjs';
import { faultsOf } from './dependencies/rules.mjs';

const root = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
const modules = await findModules(root);
const imports = modules.reduce((sum, module) => sum + module.imports.length, 0);
const faults = modules.flatMap((module) => faultsOf(module, modules));

for (const { file, line, message } of faults) console.error(`${file}:${line}  ${message}`);
console.log(`Looked at ${modules.length} modules with ${imports} imports: ${faults.length} broken rules.`);
if (modules.length === 0 || imports === 0) console.error('Nothing was looked at: is this the right folder?');
process.exitCode = faults.length > 0 || modules.length === 0 || imports === 0 ? 1 : 0;
