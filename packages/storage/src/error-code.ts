/** The `code` of a system error (`ENOENT`, `ECONNRESET`), or `''`. */
export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
