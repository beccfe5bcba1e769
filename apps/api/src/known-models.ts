import { DEFAULT_POOL } from '@image-studio/contract';
import { type PlannableModel, type PlannableModels, traitsOf } from '@image-studio/planning';
import type { PoolConfig } from '@image-studio/queue';
import type { ModelCatalogue } from '@image-studio/runtime';

/** A model that batches may name, and what its pool may take. */
export interface KnownModel extends PlannableModel, Pick<PoolConfig, 'quota' | 'concurrency'> {}

export interface KnownModels extends PlannableModels {
  models: readonly KnownModel[];
}

export function knowModels({ models, defaultAlias, fallbackAliases }: ModelCatalogue): KnownModels {
  return {
    models: models.map(({ alias, pool, model, quota, concurrency }) => ({
      alias,
      pool,
      traits: traitsOf(model),
      quota,
      ...(concurrency !== undefined && { concurrency }),
    })),
    defaultAlias,
    fallbackAliases,
  };
}

/** Every pool but the default one, as the first of its aliases describes it. */
export function furtherPools({ models }: KnownModels): (PoolConfig & { model: string })[] {
  const pools = new Map<string, PoolConfig & { model: string }>();
  for (const { pool, traits, quota, concurrency } of models) {
    if (pool === DEFAULT_POOL || pools.has(pool)) continue;
    pools.set(pool, {
      name: pool,
      model: traits.defaultModel,
      quota,
      ...(concurrency !== undefined && { concurrency }),
    });
  }
  return [...pools.values()];
}
