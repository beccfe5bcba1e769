import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MEMORY } from './root.mjs';

/** What was remembered under `name`, or undefined. */
export function recall(name) {
  try {
    return readFileSync(join(MEMORY, name), 'utf8');
  } catch {
    return undefined;
  }
}

/** Remembers that `name` was done for inputs with this fingerprint. */
export function remember(name, fingerprint) {
  mkdirSync(MEMORY, { recursive: true });
  writeFileSync(join(MEMORY, name), fingerprint);
}
