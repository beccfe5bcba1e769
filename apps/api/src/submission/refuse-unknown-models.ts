import { type BatchOptions, say } from '@image-studio/contract';
import type { KnownModels } from '../known-models.ts';
import { createFaultList } from './fault-list.ts';

/** `models` are aliases: throws 422 that names those which the fleet does not have, and those which it has. */
export function refuseUnknownModels({ models = [] }: BatchOptions, catalogue: KnownModels): void {
  const aliases = catalogue.models.map(({ alias }) => alias);
  const faults = createFaultList();
  models.forEach((name, place) => {
    if (aliases.includes(name)) return;
    const known = aliases.join(', ');
    faults.add({ path: `models[${place}]`, ...say`is ${name}, but the fleet has ${known}` });
  });
  faults.settle();
}
