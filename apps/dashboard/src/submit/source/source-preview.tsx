import { translate } from '../../text/translate.ts';
import { COLUMN_USES, type ColumnUse } from './table-choice.ts';
import type { Preview } from './use-check.ts';
import './source-preview.css';

const USE_TEXT = {
  sku: 'columnSku',
  main: 'columnMain',
  image: 'columnImage',
  imageName: 'columnImageName',
  position: 'columnPosition',
  attribute: 'columnAttribute',
  ignored: 'columnIgnored',
} as const;

/** What was recognised: whose table, how much, what each column is taken for and may be taken for, and the first rows. */
export function SourcePreview(props: {
  preview: Preview;
  /** Columns were chosen by hand. */
  isChosen: boolean;
  /** The column at `place` is for that; `null`: as the server thinks. Absent where there is nothing to choose. */
  onChoose?: ((place: number, use: ColumnUse) => void) | undefined;
  onReset: () => void;
}) {
  const { columns, rows, skus, photos, dialect, label } = props.preview;
  const isKnown = dialect !== undefined && dialect !== 'generic' && label !== undefined;
  const said = [
    ...(isKnown ? [translate('dialectExport', { label })] : []),
    ...(skus === null ? [] : [translate('formRead', { skus, photos: photos ?? 0 })]),
  ];
  return (
    <div class="preview">
      <p class="small preview-said" role="status">
        <strong>{said.join(', ') || translate('preview')}</strong>
        {props.isChosen && (
          <button type="button" onClick={props.onReset}>
            {translate('columnsReset')}
          </button>
        )}
      </p>
      {columns.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section class="preview-scroll" tabIndex={0} aria-label={translate('preview')}>
          <table>
            <thead>
              <tr>
                {columns.map((column, place) => (
                  <th key={place} scope="col" title={(column.samples ?? []).join('\n')}>
                    {column.heading || '–'}
                    <ColumnChoice {...{ column, place }} onChoose={props.onChoose} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ line, cells }) => (
                <tr key={line}>
                  {columns.map((_, place) => (
                    <td key={place} title={cells[place] ?? ''}>
                      {cells[place] ?? ''}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}

function ColumnChoice(props: {
  column: Preview['columns'][number];
  place: number;
  onChoose?: ((place: number, use: ColumnUse) => void) | undefined;
}) {
  const { column, place, onChoose } = props;
  if (!onChoose)
    return <span class={`preview-use preview-${column.is}`}>{translate(USE_TEXT[column.is])}</span>;
  return (
    <select
      class={`preview-use preview-${column.is}`}
      aria-label={translate('columnUse', { heading: column.heading || String(place + 1) })}
      value={column.is}
      onChange={(event) => onChoose(place, event.currentTarget.value as ColumnUse)}
    >
      {COLUMN_USES.map((use) => (
        <option key={use} value={use}>
          {translate(USE_TEXT[use])}
        </option>
      ))}
    </select>
  );
}
