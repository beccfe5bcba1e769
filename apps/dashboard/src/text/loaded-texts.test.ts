import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { english } from './english.ts';

const ROOT = join(import.meta.dirname, '..');
const FIRST = join(ROOT, 'main.tsx');

/** Files that `file` imports: as it is loaded, and later. */
function importsOf(file: string): { now: string[]; later: string[] } {
  const code = readFileSync(file, 'utf8');
  const paths = (pattern: RegExp): string[] =>
    [...code.matchAll(pattern)]
      .map(([, path = '']) => join(dirname(file), path))
      .filter((path) => existsSync(path) && path.startsWith(ROOT));
  return {
    now: paths(/^(?:import|export)(?! type)(?: [^;'()]*from)? '(\.[^']+)'/gm),
    later: paths(/\bimport\('(\.[^']+)'\)/g),
  };
}

/** All files that come with `file`. */
function comesWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const path of importsOf(file).now) comesWith(path, seen);
  return seen;
}

const textsIn = (file: string): string[] =>
  /\/text\/en\/\w+\.json$/.test(file)
    ? Object.keys(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>)
    : [];

/** Texts that `file` asks for: by their names, and all that begin as a composed name begins. */
function textsOf(file: string): string[] {
  if (!/\.tsx?$/.test(file)) return [];
  const code = readFileSync(file, 'utf8');
  const calls = [...code.matchAll(/translate\(([^;]*?)\)/g)].map(([, words = '']) => words).join(' ');
  // A table of texts names them outside of the calls.
  const asked = /: \[[^=]*\bTextKey\b[^=]*= \[/.test(code) ? code : calls;
  const named = [...asked.matchAll(/'([^']+)'/g)]
    .map(([, name = '']) => name)
    .filter((name) => name in english);
  const starts = [...code.matchAll(/`([\w-]+_)\$\{/g)].map(([, start = '']) => start);
  return [...named, ...Object.keys(english).filter((key) => starts.some((start) => key.startsWith(start)))];
}

const everything = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((path) => /(?<!\.test)\.tsx?$/.test(path))
  .map((path) => join(ROOT, path));
const parts = [...new Set(everything.flatMap((file) => importsOf(file).later))].filter(
  (file) => !file.endsWith('chinese.ts'),
);
const first = comesWith(FIRST);
const firstTexts = new Set([...first].flatMap(textsIn));

test('the first load brings the texts that it shows', () => {
  const missing = [...first].flatMap((file) => textsOf(file).filter((key) => !firstTexts.has(key)));
  expect([...new Set(missing)]).toEqual([]);
  expect(firstTexts.size).toBeLessThan(Object.keys(english).length / 2);
});

/** Texts that are there when `part` is: its own, and those of every part that fetches it. */
function textsWith(part: string): Set<string> {
  if (part === FIRST) return firstTexts;
  const own = [...comesWith(part)].flatMap(textsIn);
  const parents = [FIRST, ...parts].filter((root) => root !== part && fetches(root, part)).map(textsWith);
  const [one = new Set<string>(), ...others] = parents;
  return new Set([
    ...firstTexts,
    ...own,
    ...[...one].filter((key) => others.every((other) => other.has(key))),
  ]);
}

function fetches(root: string, part: string): boolean {
  return [...comesWith(root)].some((file) => importsOf(file).later.includes(part));
}

test.each(parts.map((file) => file.slice(ROOT.length + 1)))('%s brings the texts that it shows', (name) => {
  const part = join(ROOT, name);
  const texts = textsWith(part);
  const missing = [...comesWith(part)].flatMap((file) => textsOf(file).filter((key) => !texts.has(key)));
  expect([...new Set(missing)]).toEqual([]);
});
