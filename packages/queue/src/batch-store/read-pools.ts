import { DEFAULT_POOL } from '@image-studio/contract';

/**
 * Pools of a batch from its hash, as `write-pools.ts` writes them: the first one is wished for, the others make what it cannot. A batch that
 * is gone, or was written by a version before pools, is of the default pool.
 */
export function readPools(stored: string | null | undefined): [string, ...string[]] {
  const [first = '', ...others] = (stored ?? '').split(',');
  return [first === '' ? DEFAULT_POOL : first, ...others];
}
