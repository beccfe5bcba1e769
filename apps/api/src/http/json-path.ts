/** Spells a path the way a person would type it: `skus[3].images[0].url`, `attributes["net weight"]`, `$` for the root. */
export function jsonPath(segments: readonly PropertyKey[]): string {
  const path = segments.map(spellSegment).join('');
  return path === '' ? '$' : path.replace(/^\./, '');
}

function spellSegment(segment: PropertyKey): string {
  if (typeof segment === 'number') return `[${segment}]`;
  const name = String(segment);
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}
