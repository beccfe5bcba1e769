/**
 * Removes and returns the array, or the entries of the object, at `path`; `null` where there is neither. JavaScript, because the
 * thread imports it too, which has no loader for TypeScript when it runs from source.
 *
 * @param {unknown} document
 * @param {readonly string[]} path
 * @returns {unknown[] | null}
 */
export function takeCollection(document, path) {
  let parent = document;
  for (const name of path.slice(0, -1)) {
    if (!isObject(parent) || !Object.hasOwn(parent, name)) return null;
    parent = parent[name];
  }
  const last = path[path.length - 1];
  if (!isObject(parent) || last === undefined || !Object.hasOwn(parent, last)) return null;
  const value = parent[last];
  if (!isObject(value)) return null;
  delete parent[last];
  return Array.isArray(value) ? value : Object.entries(value);
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value) {
  return typeof value === 'object' && value !== null;
}
