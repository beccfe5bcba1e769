import { fileName } from './file-name.ts';

/** What the path of a photo says: whose it is, and which of its photos. */
export interface ReadName {
  sku: string;
  /** From `{n}`. */
  number?: number;
  /** From `{name}`. */
  name?: string;
}

/** Reads paths by one pattern; `null` for a path that does not fit. */
export type NamePattern = (path: string) => ReadName | null;

/** Patterns that are tried, and offered, in the order of how often people use them. */
export const PATTERNS = [
  '{sku}_{n}',
  '{sku}/{name}',
  '{sku}-{n}',
  '{sku} ({n})',
  '{sku} {n}',
  '{sku}.{n}',
  '{sku}_{name}',
  '{sku}',
] as const;

const MOST_CHARS = 100;
const MOST_SKU_CHARS = 128;
const TOKENS = /\{(sku|n|name)\}/g;

/**
 * Makes a pattern of its text: `{sku}` is the code, `{n}` a number, `{name}` anything, `/` parts folders, all else stands for
 * itself. It is held against the end of a path, without the type of the file. `null` for a text without `{sku}`, or that has
 * something twice.
 */
export function parsePattern(text: string): NamePattern | null {
  const tokens = [...text.matchAll(TOKENS)].map(([token]) => token);
  if (text.length > MOST_CHARS || !tokens.includes('{sku}') || new Set(tokens).size < tokens.length)
    return null;
  // A name may hold what stands between code and name; the code then ends at the first one.
  const isNameLast = text.lastIndexOf('{name}') > text.indexOf('{sku}');
  const parts: Record<string, string> = {
    '{sku}': isNameLast ? '(?<sku>[^/]+?)' : '(?<sku>[^/]+)',
    '{n}': '(?<n>\\d{1,9})',
    '{name}': '(?<name>[^/]+)',
  };
  const body = text
    .split(/(\{(?:sku|n|name)\})/)
    .map((part) => parts[part] ?? escaped(part))
    .join('');
  const fits = new RegExp(`(?:^|/)${body}$`, 'u');
  return (path) => {
    const groups = fits.exec(withoutType(path))?.groups;
    const sku = groups?.sku?.trim();
    if (!groups || !sku || sku.length > MOST_SKU_CHARS || /\p{Cc}/u.test(sku)) return null;
    return {
      sku,
      ...(groups.n !== undefined && { number: Number(groups.n) }),
      ...(groups.name !== undefined && { name: groups.name }),
    };
  };
}

/**
 * The pattern that most likely is meant: one by which many files fit, and several of them belong together. `codes` are those
 * of a table: what reads most of them is right.
 */
export function guessPattern(paths: readonly string[], codes: readonly string[] = []): string {
  const sample =
    paths.length > 2000 ? paths.filter((_, at) => at % Math.ceil(paths.length / 2000) === 0) : paths;
  const known = new Set(codes.map(plainCode));
  let best: { text: string; score: number } = { text: '{sku}', score: -1 };
  for (const text of PATTERNS) {
    const score = scoreOf(text, sample, known);
    if (score > best.score + 0.001) best = { text, score };
  }
  return best.text;
}

/** Two ways to write one code: files cannot be named with `/` or `:`, and people do not care for case there. */
export function plainCode(code: string): string {
  return code
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
}

function scoreOf(text: string, paths: readonly string[], known: ReadonlySet<string>): number {
  const pattern = parsePattern(text);
  if (pattern === null || paths.length === 0) return 0;
  // A folder of its own for each product, not the one folder that all lie in.
  const isByFolder = text.includes('/');
  const groups = new Map<string, number[]>();
  let fitting = 0;
  for (const path of paths) {
    const read = pattern(path);
    if (read === null) continue;
    fitting += 1;
    groups.set(read.sku, [...(groups.get(read.sku) ?? []), read.number ?? Number.NaN]);
  }
  const share = fitting / paths.length;
  if (known.size > 0) {
    const found = [...groups.keys()].filter((sku) => known.has(plainCode(sku))).length;
    return found === 0 ? share * 0.01 : share * (found / groups.size);
  }
  if (isByFolder) return groups.size > 1 ? share * 0.95 : 0;
  if (text === '{sku}') return share * 0.4;
  if (text === '{sku}_{name}') return fitting > groups.size && groups.size > 1 ? share * 0.5 : 0;
  // Numbers that begin with 0 or 1 count photos; 4711 at the end of a code is part of it.
  const counting = [...groups.values()].filter((numbers) => Math.min(...numbers) <= 1).length / groups.size;
  return share * counting * (fitting > groups.size ? 1 : 0.5);
}

function withoutType(path: string): string {
  const name = fileName(path);
  const stem = name.replace(/(?<=.)\.[a-z0-9]{1,5}$/i, '');
  return path.slice(0, path.length - name.length) + stem;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
