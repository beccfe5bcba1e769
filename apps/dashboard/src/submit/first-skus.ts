import type { Source } from './source.ts';
import { textKind } from './text-kind.ts';

/** So many show whether photos, profile and words are right, for a few cents. */
const FIRST_FEW = 10;

/** The source cut to its first SKUs; `null` where there are no more, or where only the server can tell SKUs apart (tables). */
export function firstSkus({ text, table, photos }: Source): Source | null {
  if (table || photos) return null;
  const kind = textKind(text);
  if (kind === 'lines') {
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
    return lines.length > FIRST_FEW ? { text: lines.slice(0, FIRST_FEW).join('\n'), file: null } : null;
  }
  if (kind !== 'json') return null;
  try {
    const value = JSON.parse(text) as unknown[] | { skus?: unknown[] };
    const skus = Array.isArray(value) ? value : value.skus;
    if (!Array.isArray(skus) || skus.length <= FIRST_FEW) return null;
    const few = skus.slice(0, FIRST_FEW);
    return { text: JSON.stringify(Array.isArray(value) ? few : { ...value, skus: few }), file: null };
  } catch {
    return null;
  }
}
