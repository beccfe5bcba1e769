import { type BatchOptions, type BatchPlan, DEFAULT_POOL } from '@image-studio/contract';
import type { ModelTraits } from './model-traits.ts';
import { planBatch } from './plan-batch.ts';

/** A model as batches may name it. */
export interface PlannableModel {
  alias: string;
  /** Whose quota its calls take. */
  pool: string;
  traits: ModelTraits;
}

/** The models of a fleet; what a batch gets that names none is `defaultAlias`. */
export interface PlannableModels {
  models: readonly PlannableModel[];
  defaultAlias: string;
}

/**
 * The plan of a new batch. `model` of a batch is an alias; any other name is a model of the default provider, as it was before there
 * were aliases. `scope`: whose ledger its calls belong to.
 */
export function planFor(options: BatchOptions, catalogue: PlannableModels, scope: string): BatchPlan {
  const named = namedBy(options, catalogue);
  if (named === undefined) return planBatch(options, defaultOf(catalogue).traits, scope);
  const { model: _, ...rest } = options;
  const plan = planBatch(rest, named.traits, scope);
  return named.pool === DEFAULT_POOL ? plan : { ...plan, pool: named.pool };
}

/** What can be said of the model that a new batch gets. */
export function traitsFor(options: BatchOptions, catalogue: PlannableModels): ModelTraits {
  return (namedBy(options, catalogue) ?? defaultOf(catalogue)).traits;
}

function namedBy(
  { model }: BatchOptions,
  { models, defaultAlias }: PlannableModels,
): PlannableModel | undefined {
  return models.find(({ alias }) => alias === (model ?? defaultAlias));
}

/** The model of the default pool. */
export function defaultOf({ models }: PlannableModels): PlannableModel {
  const found = models.find(({ alias }) => alias === 'default') ?? models[0];
  if (!found) throw new Error('a catalogue has a default model');
  return found;
}
