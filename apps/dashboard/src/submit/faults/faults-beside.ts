import type { Fault } from './parse-lines.ts';

/** Places of the form, and the paths of the API (in a body or a query) that are about each. */
const PLACES = {
  name: ['name'],
  profile: ['profile'],
  output: ['output', 'width', 'height', 'format', 'quality', 'maxBytes'],
  main: ['main', 'prompt', 'extraPrompt'],
  secondary: ['secondary'],
  language: ['language'],
  budgetUsd: ['budgetUsd'],
  sample: ['sample', 'compare'],
  webhookUrl: ['webhookUrl'],
  concurrency: ['concurrency'],
  lane: ['lane', 'deadline'],
  model: ['model', 'models'],
} as const;

export type Place = keyof typeof PLACES | 'source';

/** The faults that are about one place of the form; `source` is what was pasted, and everything that has no field. */
export function faultsBeside(faults: readonly Fault[], place: Place): Fault[] {
  return faults.filter(({ path }) => placeOf(path) === place);
}

function placeOf(path: string): Place {
  const root = /^\w+/.exec(path)?.[0] ?? '';
  const places = Object.entries(PLACES) as [keyof typeof PLACES, readonly string[]][];
  return places.find(([, roots]) => roots.includes(root))?.[0] ?? 'source';
}
