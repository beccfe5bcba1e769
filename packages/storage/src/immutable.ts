/** `Cache-Control` of what lies under a key that is only ever written with the same picture: whoever has it may keep it. */
export const IMMUTABLE = 'public, max-age=31536000, immutable';
