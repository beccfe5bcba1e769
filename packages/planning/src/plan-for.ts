import { type BatchOptions, type BatchPlan, DEFAULT_POOL } from '@image-studio/contract';
import { fallbackOf, type Lack, lackOf } from './fallbacks.ts';
import type { ModelTraits } from './model-traits.ts';
import { planBatch } from './plan-batch.ts';
import type { PlannableModel, PlannableModels } from './plannable-models.ts';

/**
 * The plan of a new batch. `model` of a batch is an alias; any other name is a model of the default provider, as it was before there
 * were aliases. `models` are aliases: the first is wished, the others make what it cannot. `scope`: whose ledger its calls belong to.
 */
export function planFor(options: BatchOptions, catalogue: PlannableModels, scope: string): BatchPlan {
  const [first = catalogue.defaultAlias] = namesOf(options, catalogue);
  const { model: _, models: __, ...rest } = options;
  const named = modelOf(catalogue, first);
  if (named === undefined) {
    const wished = options.models === undefined ? options.model : first;
    return planBatch({ ...rest, model: wished }, defaultOf(catalogue).traits, scope);
  }
  const plan = planBatch(rest, named.traits, scope);
  const pooled = named.pool === DEFAULT_POOL ? plan : { ...plan, pool: named.pool };
  const fallbacks = others(options, catalogue, named)
    .filter(({ traits }) => lackOf(plan, traits) === null)
    .map((model) => fallbackOf(plan, model));
  return fallbacks.length === 0 ? pooled : { ...pooled, alias: first, fallbacks };
}

/** Models of the batch that can make none of its pictures as they are planned for the first one, and why. */
export function uncoveredBy(
  options: BatchOptions,
  catalogue: PlannableModels,
): { alias: string; lack: Lack }[] {
  const [first = catalogue.defaultAlias] = namesOf(options, catalogue);
  const named = modelOf(catalogue, first);
  if (named === undefined) return [];
  const plan = planFor(options, catalogue, '');
  return others(options, catalogue, named).flatMap(({ alias, traits }) => {
    const lack = lackOf(plan, traits);
    return lack === null ? [] : [{ alias, lack }];
  });
}

/** What can be said of the model that a new batch gets. */
export function traitsFor(options: BatchOptions, catalogue: PlannableModels): ModelTraits {
  return (knownModelFor(options, catalogue) ?? defaultOf(catalogue)).traits;
}

/** The model that a new batch gets; `undefined` where it names one of the default provider's that is not in the catalogue. */
export function knownModelFor(options: BatchOptions, catalogue: PlannableModels): PlannableModel | undefined {
  const [first = catalogue.defaultAlias] = namesOf(options, catalogue);
  return modelOf(catalogue, first);
}

/** The model of the default pool. */
export function defaultOf({ models }: PlannableModels): PlannableModel {
  const found = models.find(({ alias }) => alias === 'default') ?? models[0];
  if (!found) throw new Error('a catalogue has a default model');
  return found;
}

function modelOf({ models }: PlannableModels, name: string): PlannableModel | undefined {
  return models.find(({ alias }) => alias === name);
}

/** The models that the batch names, in order; of one that names none, those of the fleet. */
function namesOf(
  { model, models }: BatchOptions,
  { defaultAlias, fallbackAliases = [] }: PlannableModels,
): readonly string[] {
  return models ?? (model === undefined ? [defaultAlias, ...fallbackAliases] : [model]);
}

/** The models behind the first one. Two aliases of one account and model are one. */
function others(options: BatchOptions, catalogue: PlannableModels, first: PlannableModel): PlannableModel[] {
  const seen = new Set([identityOf(first)]);
  return namesOf(options, catalogue)
    .slice(1)
    .flatMap((name) => modelOf(catalogue, name) ?? [])
    .filter((model) => !seen.has(identityOf(model)) && seen.add(identityOf(model)));
}

const identityOf = ({ pool, traits }: PlannableModel) => `${pool} ${traits.defaultModel}`;
