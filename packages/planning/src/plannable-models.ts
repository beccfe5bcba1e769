import type { ModelTraits } from './model-traits.ts';

/** A model as batches may name it. */
export interface PlannableModel {
  alias: string;
  /** Whose quota its calls take. */
  pool: string;
  traits: ModelTraits;
}

/** The models of a fleet; what a batch gets that names none is `defaultAlias`, and in its place one of `fallbackAliases`. */
export interface PlannableModels {
  models: readonly PlannableModel[];
  defaultAlias: string;
  fallbackAliases?: readonly string[];
}
