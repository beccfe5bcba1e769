import { translate } from '../../text/translate.ts';
import { Field } from '../form/field.tsx';
import type { TableChoice } from './table-choice.ts';
import type { Preview } from './use-check.ts';
import './table-tools.css';

/** Every dialect that the server knows, as people call it. */
const DIALECTS = [
  ['shopify', 'Shopify'],
  ['woocommerce', 'WooCommerce'],
  ['amazon', 'Amazon'],
  ['google', 'Google Merchant'],
  ['magento', 'Magento'],
  ['ebay', 'eBay'],
  ['walmart', 'Walmart'],
  ['prestashop', 'PrestaShop'],
  ['bigcommerce', 'BigCommerce'],
  ['squarespace', 'Squarespace'],
  ['tiktok', 'TikTok Shop'],
  ['etsy', 'Etsy'],
  ['wix', 'Wix'],
] as const;

const ENCODINGS = [
  'utf-8',
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'gb18030',
  'big5',
  'shift_jis',
  'euc-kr',
  'macintosh',
  'utf-16le',
];

/** How a table was understood, and what a person may say to it: whose it is, its encoding, its sheet, where its photos are. */
export function TableTools(props: {
  preview: Preview;
  faults: readonly { message: string }[];
  choice: TableChoice;
  onChoose: (change: Partial<TableChoice>) => void;
}) {
  const { preview, choice, onChoose } = props;
  const notes = [...preview.warnings, ...props.faults];
  const isGuessed = preview.warnings.some(({ path }) => path === 'encoding');
  const lacksHosts = notes.some(({ message }) => message.includes('photoBase'));
  if (preview.format === 'json' || preview.dialect === undefined) return null;
  return (
    <div class="table-tools">
      <Field id="dialect" label={translate('tableDialect')}>
        <select
          id="dialect"
          value={choice.dialect ?? preview.dialect}
          onChange={(event) => onChoose({ dialect: event.currentTarget.value, columns: [] })}
        >
          <option value="generic">{translate('tableAny')}</option>
          {DIALECTS.map(([id, label]) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </Field>
      {(isGuessed || choice.encoding !== undefined) && (
        <Field id="encoding" label={translate('tableEncoding')}>
          <select
            id="encoding"
            value={choice.encoding ?? preview.encoding ?? ''}
            onChange={(event) => onChoose({ encoding: event.currentTarget.value })}
          >
            {ENCODINGS.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </Field>
      )}
      {preview.sheets && preview.sheets.length > 1 && (
        <Field id="sheet" label={translate('tableSheet')}>
          <select
            id="sheet"
            value={choice.sheet ?? sheetRead(preview)}
            onChange={(event) => onChoose({ sheet: event.currentTarget.value, columns: [] })}
          >
            {preview.sheets.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </Field>
      )}
      {(lacksHosts || choice.photoBase !== undefined) && (
        <Field id="photo-base" label={translate('tablePhotoBase')}>
          <input
            id="photo-base"
            type="url"
            placeholder="https://shop.example/media/catalog/product/"
            value={choice.photoBase ?? ''}
            onInput={(event) => onChoose({ photoBase: event.currentTarget.value })}
          />
        </Field>
      )}
    </div>
  );
}

/** The server says it where there are several. */
function sheetRead({ warnings, sheets = [] }: Preview): string {
  const told = warnings.find(({ path }) => path.startsWith('sheet '))?.path.slice('sheet '.length);
  return sheets.find((name) => JSON.stringify(name) === told) ?? sheets[0] ?? '';
}
