import { DEFAULT_POOL } from '@image-studio/contract';

/**
 * Pools of a batch as its hash keeps them, each once. The clock of the first one counts the batch's turns. Empty for the
 * default pool alone, as a version before pools writes it.
 */
export function writePools(pools: readonly string[]): string {
  const names = [...new Set(pools)];
  return names.length === 1 && names[0] === DEFAULT_POOL ? '' : names.join(',');
}
