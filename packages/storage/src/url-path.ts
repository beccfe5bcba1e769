/** The key as the path of a URL: each segment percent-encoded, the slashes kept. */
export function urlPath(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/');
}
