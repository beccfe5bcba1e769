import type { ComponentChildren } from 'preact';
import { HelpLink } from '../../help/help-link.tsx';
import { translate } from '../../text/translate.ts';
import { FaultLines } from '../faults/fault-lines.tsx';
import { faultsBeside, type Place } from '../faults/faults-beside.ts';
import type { Fault } from '../faults/parse-lines.ts';
import { Field } from './field.tsx';
import type { FormOptions } from './form-options.ts';
import { LaneFields } from './lane-fields.tsx';
import { LazyFallbackChoice } from './lazy-fallback-choice.tsx';
import { modelLabel } from './model-choice.ts';
import type { NamedModel } from './use-models.ts';

const FORMATS = ['jpeg', 'png', 'webp', 'avif'];

/** Budget, name, language of the prompts, and what few people need. */
export function MoreFields(props: {
  options: FormOptions;
  models: readonly NamedModel[];
  faults: readonly Fault[];
  onChange: (change: Partial<FormOptions>) => void;
}) {
  const { options, models, faults, onChange } = props;
  const text = (name: TextOption, label: string, input: Record<string, unknown> = {}) => (
    <WithFaults faults={faults} place={name}>
      <Field id={name} label={label}>
        <input
          id={name}
          type="text"
          value={options[name]}
          aria-invalid={faultsBeside(faults, name).length > 0}
          onInput={(event) => onChange({ [name]: event.currentTarget.value })}
          {...input}
        />
      </Field>
    </WithFaults>
  );
  const defaultAlias = models.find(({ isDefault }) => isDefault)?.alias ?? '';
  const [wished = options.model || defaultAlias, ...fallbacks] = options.models;
  // Without fallbacks the default model need not be named.
  const choose = ([first = defaultAlias, ...others]: string[]) => {
    const names = [first, ...others.filter((name) => name !== first)];
    onChange({ model: first === defaultAlias ? '' : first, models: names.length > 1 ? names : [] });
  };
  return (
    <div class="more-fields">
      {text('name', translate('formName'), { maxLength: 200 })}
      {text('budgetUsd', translate('formBudget'), { inputMode: 'decimal' })}
      {text('sample', translate('formSample'), { inputMode: 'numeric' })}
      <Field id="language" label={translate('formLanguage')}>
        <select
          id="language"
          value={options.language}
          onChange={(event) => onChange({ language: event.currentTarget.value === 'zh' ? 'zh' : 'en' })}
        >
          <option value="en">English</option>
          <option value="zh">中文</option>
        </select>
      </Field>
      {models.length > 1 && (
        <>
          <Field id="model" label={translate('formModel')}>
            <select
              id="model"
              value={models.some(({ alias }) => alias === wished) ? wished : defaultAlias}
              onChange={({ currentTarget: { value } }) => choose([value, ...fallbacks])}
            >
              {models.map((model) => (
                <option key={model.alias} value={model.alias}>
                  {modelLabel(model)}
                </option>
              ))}
            </select>
          </Field>
          <LazyFallbackChoice models={models} names={[wished, ...fallbacks]} onChange={choose} />
          <FaultLines faults={faultsBeside(faults, 'model')} />
        </>
      )}
      <LaneFields options={options} faults={faults} onChange={onChange} />
      {models.length > 1 && options.sample.trim() !== '' && (
        <fieldset class="more-compare">
          <legend class="field-label">
            {translate('formCompare')}
            <HelpLink about="setting_compare" name={translate('formCompare')} />
          </legend>
          {models.map(({ alias }) => (
            <label key={alias} class="more-check">
              <input
                type="checkbox"
                checked={options.compare.includes(alias)}
                onChange={(event) =>
                  onChange({
                    compare: event.currentTarget.checked
                      ? [...options.compare, alias]
                      : options.compare.filter((one) => one !== alias),
                  })
                }
              />
              {alias}
            </label>
          ))}
        </fieldset>
      )}
      <details class="more-rare">
        <summary>{translate('moreOptions')}</summary>
        {text('webhookUrl', translate('formWebhook'), { type: 'url', placeholder: 'https://…' })}
        {text('concurrency', translate('formConcurrency'), { inputMode: 'numeric' })}
        <label class="more-check">
          <input
            type="checkbox"
            checked={options.ownOutput}
            onChange={(event) => onChange({ ownOutput: event.currentTarget.checked })}
          />
          {translate('ownSize')}
          <HelpLink about="setting_output" name={translate('ownSize')} />
        </label>
        <fieldset class="own-size" hidden={!options.ownOutput}>
          <legend class="visually-hidden">{translate('ownSize')}</legend>
          {(['width', 'height'] as const).map((side) => (
            <Field key={side} id={side} label={translate(side)}>
              <input
                id={side}
                type="text"
                inputMode="numeric"
                value={options[side]}
                onInput={(event) => onChange({ [side]: event.currentTarget.value })}
              />
            </Field>
          ))}
          <Field id="format" label={translate('format')}>
            <select
              id="format"
              value={options.format}
              onChange={(event) => onChange({ format: event.currentTarget.value })}
            >
              {FORMATS.map((format) => (
                <option key={format} value={format}>
                  {format.toUpperCase()}
                </option>
              ))}
            </select>
          </Field>
        </fieldset>
        <FaultLines faults={faultsBeside(faults, 'output')} />
      </details>
    </div>
  );
}

type TextOption = 'name' | 'budgetUsd' | 'sample' | 'webhookUrl' | 'concurrency';

function WithFaults(props: { faults: readonly Fault[]; place: Place; children: ComponentChildren }) {
  return (
    <div>
      {props.children}
      <FaultLines faults={faultsBeside(props.faults, props.place)} />
    </div>
  );
}
