import { PATTERNS, type PhotoGroups, parsePattern } from '@image-studio/photo-names';
import { Field } from '../submit/form/field.tsx';
import { translate } from '../text/translate.ts';

/** Files whose reading is shown. */
const MOST_SHOWN = 3;

/** By which pattern codes and order are read from names, with what comes of it; anybody may change it. */
export function PatternField(props: {
  text: string;
  paths: readonly string[];
  groups: PhotoGroups;
  onChange: (text: string | null) => void;
}) {
  const { text, paths, groups, onChange } = props;
  const isPattern = parsePattern(text) !== null;
  const shown = groups.skus.flatMap(({ sku, paths: own }) =>
    own.map((path, at) => ({ path, sku, n: at + 1 })),
  );
  return (
    <div class="pattern">
      <Field id="pattern" label={translate('patternLabel')}>
        <input
          id="pattern"
          type="text"
          list="patterns"
          value={text}
          spellcheck={false}
          aria-invalid={!isPattern}
          aria-describedby="pattern-hint"
          onInput={(event) => onChange(event.currentTarget.value === '' ? null : event.currentTarget.value)}
        />
        <datalist id="patterns">
          {PATTERNS.map((pattern) => (
            <option key={pattern} value={pattern} />
          ))}
        </datalist>
      </Field>
      <p class="small soft" id="pattern-hint">
        {translate(isPattern ? 'patternHint' : 'patternWrong', { sku: '{sku}', n: '{n}', name: '{name}' })}
      </p>
      <p class="small">
        {translate('patternRead', {
          skus: groups.skus.length,
          photos: paths.length - groups.unmatched.length,
        })}
      </p>
      <ul class="pattern-samples small">
        {shown.slice(0, MOST_SHOWN).map(({ path, sku, n }) => (
          <li key={path}>
            <code>{path}</code> → <strong>{sku}</strong> · {translate('patternPhoto', { n })}
          </li>
        ))}
      </ul>
    </div>
  );
}
