import models from '../../text/en/models.json' with { type: 'json' };
import { learnTexts } from '../../text/messages.ts';
import { translate } from '../../text/translate.ts';
import type { NamedModel } from './use-models.ts';

learnTexts(models);

/** As the API takes them. */
export const MOST_MODELS = 5;
/** Of the lists behind the first one. */
export const FALLBACK_IDS = ['fallback2', 'fallback3', 'fallback4', 'fallback5'] as const;

const HEALTH = { down: 'modelDown', paused: 'modelPaused', unserved: 'modelUnserved' } as const;

/** A model in a list, and what keeps it from making pictures now. */
export function modelLabel({ alias, model, health }: NamedModel): string {
  return `${alias} · ${model}${health === 'up' ? '' : ` · ${translate(HEALTH[health])}`}`;
}
