/** `Cache-Control` of what lies under a key that is only ever written with the same picture: caches may keep it for good. */
export const IMMUTABLE = 'public, max-age=31536000, immutable';
