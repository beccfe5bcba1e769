/**
 * Gives a body its idempotency key: the same body keeps its key, so a second click, or a retry after a lost answer,
 * meets the batch that the first one made; a changed body is a new batch.
 * (`crypto.randomUUID` is not there on plain http outside loopback.)
 */
export function createIdempotencyKeys(): (body: string) => string {
  let last: { body: string; key: string } | undefined;
  return (body) => {
    if (last?.body !== body) {
      const bytes = crypto.getRandomValues(new Uint8Array(16));
      last = { body, key: Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('') };
    }
    return last.key;
  };
}
