import { type BatchOptions, say } from '@image-studio/contract';
import type { KnownModels } from '../known-models.ts';
import { createFaultList } from './fault-list.ts';

/** `models` and `compare` hold aliases: throws 422 that names those which the fleet does not have, and those which it has. */
export function refuseUnknownModels(
  { models = [], compare = [] }: Pick<BatchOptions, 'models' | 'compare'>,
  catalogue: Pick<KnownModels, 'models'>,
): void {
  const aliases = catalogue.models.map(({ alias }) => alias);
  const known = aliases.join(', ');
  const faults = createFaultList();
  for (const [field, names] of Object.entries({ models, compare })) {
    names.forEach((name, place) => {
      if (!aliases.includes(name))
        faults.add({ path: `${field}[${place}]`, ...say`is ${name}, but the fleet has ${known}` });
    });
  }
  faults.throwIfAny();
}
