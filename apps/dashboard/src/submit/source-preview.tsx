import { formatCount } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import type { Preview } from './use-check.ts';
import './source-preview.css';

const USE_TEXT = {
  sku: 'columnSku',
  image: 'columnImage',
  imageName: 'columnImageName',
  attribute: 'columnAttribute',
} as const;

/** What was recognised: how much, what each column is taken for, and the first rows. */
export function SourcePreview({ preview }: { preview: Preview }) {
  const { columns, rows, skus, photos } = preview;
  return (
    <div class="preview">
      <p class="small" role="status">
        <strong>
          {skus === null
            ? translate('preview')
            : translate('formRead', { skus: formatCount(skus), photos: formatCount(photos ?? 0) })}
        </strong>
      </p>
      {rows.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section class="preview-scroll" tabIndex={0} aria-label={translate('preview')}>
          <table>
            <thead>
              <tr>
                {columns.map((column, place) => (
                  <th key={place} scope="col">
                    {column.heading || '–'}
                    <span class={`preview-use preview-${column.is}`}>{translate(USE_TEXT[column.is])}</span>
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
