import type { SkuInput } from '@image-studio/contract';
import { z } from 'zod';
import type { Database } from '../redis/database.ts';

/** One attribute of a batch's SKUs, as a column: how the client headed it, and its name in `attributes`. */
const AttributeColumn = z.object({ heading: z.string(), name: z.string() });
export type AttributeColumn = z.infer<typeof AttributeColumn>;

/** A table with more columns is of no use to anybody; the JSON manifest has all attributes. */
const MAX_COLUMNS = 200;

/** The attributes of these SKUs in the order in which they come up. */
export function attributeColumns(skus: readonly SkuInput[]): AttributeColumn[] {
  const names = new Set<string>();
  for (const { attributes } of skus) {
    for (const name in attributes) if (names.size < MAX_COLUMNS) names.add(name);
  }
  return [...names].map((name) => ({ heading: name, name }));
}

/** The attributes of a recorded batch. */
export async function readColumns(db: Database, batchId: string): Promise<AttributeColumn[]> {
  const { redis, keys } = db;
  const stored = await redis.get(`${keys.batch(batchId)}:columns`);
  return stored === null ? [] : z.array(AttributeColumn).parse(JSON.parse(stored));
}
