import { useRef, useState } from 'preact/hooks';
import { formatBytes } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import { NO_SOURCE, type Source, sourceOf } from './source.ts';
import type { TextKind } from './text-kind.ts';
import './source-input.css';

/** Largest submission that the API takes, bytes. */
const MAX_BYTES = 20 * 1024 * 1024;

/** Where SKUs come in: typed, pasted, or as a file that is dropped or chosen. */
export function SourceInput(props: {
  source: Source;
  kind: TextKind;
  isFaulty: boolean;
  onChange: (source: Source) => void;
}) {
  const { source, kind, onChange } = props;
  const picker = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const [tooLarge, setTooLarge] = useState<string | null>(null);
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    setTooLarge(file.size > MAX_BYTES ? file.name : null);
    if (file.size > MAX_BYTES) return;
    onChange(sourceOf(file.name, new Uint8Array(await file.arrayBuffer())));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button beside it does the same
    <div
      class={isOver ? 'source source-over' : 'source'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer?.files[0]);
      }}
    >
      <div class="source-head">
        <label for="skus">{translate('formSkus')}</label>
        {kind !== 'empty' && <span class="source-kind small">{translate(KIND_TEXT[kind])}</span>}
      </div>
      <p class="small soft" id="skus-hint">
        {translate('formSkusHint')}
      </p>
      {source.file ? (
        <div class="source-file">
          <strong>{source.file.name}</strong>
          <span class="soft small">{formatBytes(source.file.bytes)}</span>
          <button type="button" onClick={() => onChange(NO_SOURCE)}>
            {translate('removeFile')}
          </button>
        </div>
      ) : (
        <textarea
          id="skus"
          rows={10}
          spellcheck={false}
          aria-describedby="skus-hint"
          aria-invalid={props.isFaulty}
          placeholder={
            'SHOE-1 https://photos.example/shoe-1.jpg https://photos.example/shoe-2.jpg\n10012 https://photos.example/10012.png'
          }
          value={source.text}
          onInput={(event) => onChange({ text: event.currentTarget.value, file: null })}
        />
      )}
      <div class="source-foot">
        <input
          ref={picker}
          class="visually-hidden"
          type="file"
          tabIndex={-1}
          aria-label={translate('chooseFile')}
          accept=".csv,.tsv,.txt,.tab,.xlsx,.xlsm,.xml,.rss,.json,text/csv,application/json"
          onChange={(event) => {
            void take(event.currentTarget.files?.[0]);
            event.currentTarget.value = '';
          }}
        />
        <button type="button" onClick={() => picker.current?.click()}>
          {translate('chooseFile')}
        </button>
        <span class="small soft">{translate('dropHint')}</span>
      </div>
      {tooLarge !== null && (
        <p class="danger small" role="alert">
          {translate('fileTooLarge', { name: tooLarge, limit: formatBytes(MAX_BYTES) })}
        </p>
      )}
    </div>
  );
}

const KIND_TEXT = { lines: 'kindLines', json: 'kindJson', table: 'kindTable' } as const;
