/** Longest description. */
const MAX_LENGTH = 300;
const MAX_DEPTH = 8;
/** Keys of one object, and different items of one list, that are named. */
const MAX_NAMED = 8;

/**
 * The shape of an answer by its keys, e.g. `{candidates: [{content: {parts: [{videoUri}]}}]}`: what somebody needs to report
 * it, and no word or byte of what it says.
 */
export function answerShape(body: unknown): string {
  const shape = describe(body, MAX_DEPTH);
  return shape.length > MAX_LENGTH ? `${shape.slice(0, MAX_LENGTH)}…` : shape;
}

function describe(value: unknown, depth: number): string {
  if (Array.isArray(value)) {
    const items = new Set(value.slice(0, 100).map((item) => describe(item, depth - 1)));
    return `[${listed([...items].filter((item) => item !== ''))}]`;
  }
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : '';
  if (depth <= 0) return '{…}';
  return `{${listed(
    Object.entries(value).map(([key, inner]) => {
      const shape = describe(inner, depth - 1);
      return shape === '' ? nameOf(key) : `${nameOf(key)}: ${shape}`;
    }),
  )}}`;
}

function listed(names: string[]): string {
  return names.length > MAX_NAMED ? [...names.slice(0, MAX_NAMED), '…'].join(', ') : names.join(', ');
}

/** A key may be anything, too. */
function nameOf(key: string): string {
  return /^[\w$.-]{1,40}$/.test(key) ? key : '?';
}
