import type { Database } from '../redis/database.ts';

/** Totals of the whole fleet since Redis was first used, for `/metrics`. */
export interface FleetTotals {
  skus: { status: string; code: string; count: number }[];
  /** `pool`: empty for the default one. */
  calls: { outcome: string; pool: string; count: number }[];
  /** `mode` is the role of the picture: main or secondary. */
  images: { mode: string; status: string; count: number }[];
  costUsd: number;
}

/** What the whole fleet has done since Redis was first used, from the counters that the scripts keep. */
export async function readFleetTotals(db: Database): Promise<FleetTotals> {
  const { redis, keys } = db;
  const hash = await redis.hgetall(keys.totals);
  const totals: FleetTotals = {
    skus: [],
    calls: [],
    images: [],
    costUsd: Number(hash.costMicroUsd ?? 0) / 1e6,
  };
  for (const [field, value] of Object.entries(hash)) {
    const [family, first = '', second = ''] = field.split(':');
    const count = Number(value);
    if (family === 'skus') totals.skus.push({ status: first, code: second, count });
    if (family === 'calls') totals.calls.push({ outcome: first, pool: second, count });
    if (family === 'images') totals.images.push({ mode: first, status: second, count });
  }
  return totals;
}
