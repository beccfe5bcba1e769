import { Failure, type FailureCode } from '@image-studio/contract';
import type { Database } from '../redis/database.ts';
import { CODE_OF } from './sku-characters.ts';

/** Records read in one round trip. */
const CHUNK = 500;

/**
 * Why each failed SKU of a batch failed, by index. Codes are kept beside the states; only where a process of an older
 * version ended the SKU, its record is asked.
 */
export async function failureCodes(
  db: Database,
  batchId: string,
  states: string,
): Promise<Map<number, FailureCode>> {
  const { redis, keys } = db;
  const batch = keys.batch(batchId);
  const characters = (await redis.get(`${batch}:codes`)) ?? '';
  const codes = new Map<number, FailureCode>();
  const unknown: number[] = [];
  for (let index = states.indexOf('f'); index >= 0; index = states.indexOf('f', index + 1)) {
    const code = CODE_OF.get(characters.charAt(index));
    codes.set(index, code ?? 'INTERNAL');
    if (!code) unknown.push(index);
  }
  for (let at = 0; at < unknown.length; at += CHUNK) {
    const chunk = unknown.slice(at, at + CHUNK);
    const records = await redis.hmget(`${batch}:records`, ...chunk.map(String));
    records.forEach((record, position) => {
      const index = chunk[position];
      const failure = record === null ? undefined : failureIn(record);
      if (index !== undefined && failure) codes.set(index, failure.code);
    });
  }
  return codes;
}

/** `undefined` also for a code that only newer versions know. */
function failureIn(record: string): Failure | undefined {
  const { failure } = JSON.parse(record) as { failure?: unknown };
  return Failure.safeParse(failure).data;
}
