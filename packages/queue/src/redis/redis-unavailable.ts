/** Redis does not answer, or does not do what it is asked; the message says why. The API turns this into 503 + Retry-After. */
export class RedisUnavailable extends Error {
  override readonly name = 'RedisUnavailable';
}
