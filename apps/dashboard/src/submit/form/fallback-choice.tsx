import { translate } from '../../text/translate.ts';
import { Field } from './field.tsx';
import { FALLBACK_IDS, MOST_MODELS, modelLabel } from './model-choice.ts';
import type { NamedModel } from './use-models.ts';

/**
 * In order, the models that make what the ones before cannot: a list each, and one more for as long as there are models left. `names`:
 * the aliases chosen so far, the wished one first.
 */
export function FallbackChoice(props: {
  models: readonly NamedModel[];
  names: readonly string[];
  onChange: (names: string[]) => void;
}) {
  const { models, names, onChange } = props;
  const [wished = '', ...fallbacks] = names;
  const places = Math.min(MOST_MODELS, models.length) - 1;
  // A batch that names only the default model gets the fleet's own order.
  const isDefault = models.some(({ alias, isDefault }) => isDefault && alias === wished);
  const fleets = isDefault ? fleetOrder(models) : '';
  return (
    <>
      {FALLBACK_IDS.slice(0, Math.min(places, fallbacks.length + 1)).map((id, place) => {
        const before = [wished, ...fallbacks.slice(0, place)];
        return (
          <Field key={id} id={id} setting="fallback" label={translate('formFallback', { place: place + 2 })}>
            <select
              id={id}
              value={fallbacks[place] ?? ''}
              onChange={({ currentTarget: { value } }) => {
                const after = fallbacks.slice(place + 1).filter((name) => name !== value);
                onChange(value === '' ? before : [...before, value, ...after]);
              }}
            >
              <option value="">
                {place === 0 && fleets !== '' && fallbacks.length === 0
                  ? translate('fleetFallbacks', { names: fleets })
                  : translate('noFallback')}
              </option>
              {models
                .filter(({ alias }) => !before.includes(alias))
                .map((model) => (
                  <option key={model.alias} value={model.alias}>
                    {modelLabel(model)}
                  </option>
                ))}
            </select>
          </Field>
        );
      })}
    </>
  );
}

function fleetOrder(models: readonly NamedModel[]): string {
  return models
    .filter(({ defaultPlace }) => (defaultPlace ?? 0) > 0)
    .sort((a, b) => (a.defaultPlace ?? 0) - (b.defaultPlace ?? 0))
    .map(({ alias }) => alias)
    .join(', ');
}
