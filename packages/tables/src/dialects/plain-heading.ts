const known = new Map<string, string>();
const MOST_KNOWN = 10_000;

/** A heading without case, accents, spaces and punctuation: `*Custom label (SKU)` → `customlabelsku`. */
export function plainHeading(heading: string): string {
  const found = known.get(heading);
  if (found !== undefined) return found;
  if (known.size >= MOST_KNOWN) known.clear();
  const plain = heading
    .slice(0, 512)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  known.set(heading, plain);
  return plain;
}
