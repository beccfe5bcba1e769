import type { BatchOptions, SampleChange } from '@image-studio/contract';

/** The options of a batch with a change laid over them: what it leaves out stays, `null` is as if it had not been given. */
export function changedOptions(before: BatchOptions, change: SampleChange): BatchOptions {
  const { apply: _, main, secondary, ...plain } = change;
  const options = merged<BatchOptions>(before, plain);
  // One stands in the place of the other.
  if (change.model !== undefined && change.models === undefined) delete options.models;
  if (change.models !== undefined && change.model === undefined) delete options.model;
  if (main !== undefined && before.main !== false) {
    const words = merged(before.main === true ? {} : before.main, main);
    options.main = Object.keys(words).length === 0 ? true : words;
  }
  if (secondary !== undefined && before.secondary !== false)
    options.secondary = merged(before.secondary, secondary);
  return options;
}

function merged<T extends object>(before: T, change: object): T {
  const after = {
    ...before,
    ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
  };
  return Object.fromEntries(Object.entries(after).filter(([, value]) => value !== null)) as T;
}
