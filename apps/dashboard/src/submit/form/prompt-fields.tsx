import { useRef } from 'preact/hooks';
import { translate } from '../../text/translate.ts';
import { Field } from './field.tsx';
import type { FormOptions } from './form-options.ts';
import './prompt-fields.css';

/** What prompts can say of a SKU without anybody having named it. */
const USUAL = ['title', 'brand', 'category', 'color', 'material', 'dimensions'];
const MOST_SHOWN = 16;

/** Own words for the pictures, with the attributes that they may use. */
export function PromptFields(props: {
  options: FormOptions;
  /** Attributes of the submitted SKUs. */
  attributes: readonly string[];
  onChange: (change: Partial<FormOptions>) => void;
}) {
  const { options, attributes, onChange } = props;
  const known = attributes.length > 0 ? attributes : USUAL;
  return (
    <div class="prompts">
      <PromptField
        id="extra"
        label={translate('formExtra')}
        known={known}
        value={options.extraPrompt}
        onInput={(extraPrompt) => onChange({ extraPrompt })}
      />
      <details class="prompts-more">
        <summary>{translate('ownPrompts')}</summary>
        <p class="small soft">{translate('ownPromptsHint')}</p>
        <PromptField
          id="main-prompt"
          label={translate('formMainPrompt')}
          known={known}
          value={options.mainPrompt}
          onInput={(mainPrompt) => onChange({ mainPrompt })}
        />
        <PromptField
          id="secondary-prompt"
          label={translate('formSecondaryPrompt')}
          known={known}
          value={options.secondaryPrompt}
          onInput={(secondaryPrompt) => onChange({ secondaryPrompt })}
        />
      </details>
    </div>
  );
}

function PromptField(props: {
  id: string;
  label: string;
  known: readonly string[];
  value: string;
  onInput: (text: string) => void;
}) {
  const area = useRef<HTMLTextAreaElement>(null);
  const insert = (name: string): void => {
    const { selectionStart: from = 0, selectionEnd: to = 0 } = area.current ?? {};
    props.onInput(`${props.value.slice(0, from)}{{${name}}}${props.value.slice(to)}`);
    area.current?.focus();
  };
  return (
    <Field id={props.id} setting="prompts" label={props.label}>
      <textarea
        ref={area}
        id={props.id}
        rows={2}
        maxLength={8000}
        aria-describedby={`${props.id}-variables`}
        value={props.value}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      <p class="small soft variables" id={`${props.id}-variables`}>
        <span>{translate('variables')}</span>
        {props.known.slice(0, MOST_SHOWN).map((name) => (
          <button key={name} type="button" class="variable" onClick={() => insert(name)}>
            {`{{${name}}}`}
          </button>
        ))}
      </p>
    </Field>
  );
}
