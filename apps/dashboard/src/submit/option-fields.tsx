import type { Profile, SecondaryKind } from '@image-studio/contract';
import { translate } from '../text/translate.ts';
import { Field } from './field.tsx';
import type { FormOptions } from './read-submission.ts';
import './option-fields.css';

const KINDS: readonly SecondaryKind[] = [
  'lifestyle',
  'detail',
  'infographic',
  'scale',
  'packaging',
  'on-model',
];

/** What to make of the photos, for which marketplace, and for how much. */
export function OptionFields(props: {
  options: FormOptions;
  profiles: Profile[];
  onChange: (change: Partial<FormOptions>) => void;
}) {
  const { options, profiles, onChange } = props;
  const toggle = (kind: string): void =>
    onChange({
      kinds: options.kinds.includes(kind)
        ? options.kinds.filter((other) => other !== kind)
        : [...options.kinds, kind],
    });
  return (
    <>
      <Field id="name" label={translate('formName')}>
        <input
          id="name"
          type="text"
          maxLength={200}
          value={options.name}
          onInput={(event) => onChange({ name: event.currentTarget.value })}
        />
      </Field>
      <Field id="profile" label={translate('formProfile')}>
        <select
          id="profile"
          value={options.profile}
          onChange={(event) => onChange({ profile: event.currentTarget.value })}
        >
          {profiles.length === 0 && <option value={options.profile}>{options.profile}</option>}
          {profiles.map(({ id, title, width, height, format }) => (
            <option key={id} value={id}>
              {title} ({width} × {height}, {format})
            </option>
          ))}
        </select>
      </Field>
      <fieldset class="option-set">
        <legend>{translate('formImages')}</legend>
        <label>
          <input
            type="checkbox"
            checked={options.main}
            onChange={(event) => onChange({ main: event.currentTarget.checked })}
          />
          {translate('formMain')}
        </label>
        <label>
          <input
            type="checkbox"
            checked={options.secondary}
            onChange={(event) => onChange({ secondary: event.currentTarget.checked })}
          />
          {translate('formSecondary')}
        </label>
        <div class="option-kinds" hidden={!options.secondary}>
          {KINDS.map((kind) => (
            <label key={kind}>
              <input type="checkbox" checked={options.kinds.includes(kind)} onChange={() => toggle(kind)} />
              {translate(kind)}
            </label>
          ))}
        </div>
      </fieldset>
      <Field id="extra" label={translate('formExtra')}>
        <textarea
          id="extra"
          rows={2}
          maxLength={8000}
          value={options.extraPrompt}
          onInput={(event) => onChange({ extraPrompt: event.currentTarget.value })}
        />
      </Field>
      <Field id="budget" label={translate('formBudget')}>
        <input
          id="budget"
          type="number"
          min="0.01"
          step="0.01"
          inputMode="decimal"
          value={options.budgetUsd}
          onInput={(event) => onChange({ budgetUsd: event.currentTarget.value })}
        />
      </Field>
    </>
  );
}
