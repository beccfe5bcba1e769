import type { Redis } from './connect.ts';
import type { Keys } from './keys.ts';

/** Where everything is kept: a connection, and the names of what lies behind it. */
export interface Database {
  redis: Redis;
  keys: Keys;
}
