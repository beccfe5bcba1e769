import { useState } from 'preact/hooks';
import { translate } from '../../text/translate.ts';
import { useStore } from '../../ui/use-store.ts';
import type { FormOptions } from './form-options.ts';
import { presets, removePreset, savePreset } from './presets.ts';
import './preset-picker.css';

/** Settings that are used again and again, under a name. */
export function PresetPicker(props: {
  options: FormOptions;
  onChange: (some: Partial<FormOptions>) => void;
}) {
  const known = useStore(presets);
  const [chosen, setChosen] = useState('');
  const [name, setName] = useState<string | null>(null);
  const save = (): void => {
    const plain = name?.trim();
    if (plain) savePreset(plain, props.options);
    setName(null);
    setChosen(plain ?? '');
  };
  return (
    <div class="presets small">
      {known.length > 0 && (
        <select
          aria-label={translate('presets')}
          value={chosen}
          onChange={(event) => {
            const preset = known.find((one) => one.name === event.currentTarget.value);
            setChosen(preset?.name ?? '');
            if (preset) props.onChange(preset.options);
          }}
        >
          <option value="">{translate('presetChoose')}</option>
          {known.map((preset) => (
            <option key={preset.name}>{preset.name}</option>
          ))}
        </select>
      )}
      {chosen !== '' && (
        <button
          type="button"
          aria-label={translate('presetRemove', { name: chosen })}
          title={translate('presetRemove', { name: chosen })}
          onClick={() => {
            removePreset(chosen);
            setChosen('');
          }}
        >
          ✕
        </button>
      )}
      {name === null ? (
        <button type="button" onClick={() => setName('')}>
          {translate('presetSave')}
        </button>
      ) : (
        <>
          <input
            aria-label={translate('presetName')}
            placeholder={translate('presetName')}
            maxLength={60}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              save();
            }}
          />
          <button type="button" onClick={save}>
            {translate('save')}
          </button>
        </>
      )}
    </div>
  );
}
