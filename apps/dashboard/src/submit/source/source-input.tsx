import type { SkuInput } from '@image-studio/contract';
import { useRef, useState } from 'preact/hooks';
import type { StudioClient } from '../../api/studio-client.ts';
import { type Dropped, photosChosen, photosDropped } from '../../photos/dropped.ts';
import { LazyPhotoPart } from '../../photos/lazy-photo-part.tsx';
import { formatBytes } from '../../text/format.ts';
import { translate } from '../../text/translate.ts';
import { MAX_FILE_BYTES, useFileDrop } from '../../ui/file-drop.ts';
import { NO_SOURCE, type Source, sourceOf } from './source.ts';
import type { TextKind } from './text-kind.ts';
import './source-input.css';

/** Where SKUs come in: typed, pasted, or as a file that is dropped or chosen. */
export function SourceInput(props: {
  client: StudioClient;
  source: Source;
  kind: TextKind | 'photos';
  isFaulty: boolean;
  onChange: (source: Source) => void;
  onPhotos: (skus: SkuInput[] | null) => void;
}) {
  const { client, source, kind, onChange } = props;
  const { photos } = source;
  const folder = useRef<HTMLInputElement>(null);
  const takePhotos = (some: Dropped | null): boolean => {
    if (some === null) return false;
    onChange({ ...NO_SOURCE, photos: { dropped: [...(photos?.dropped ?? []), some], skus: null } });
    return true;
  };
  const picker = useRef<HTMLInputElement>(null);
  const [tooLarge, setTooLarge] = useState<string | null>(null);
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    setTooLarge(file.size > MAX_FILE_BYTES ? file.name : null);
    if (file.size > MAX_FILE_BYTES) return;
    onChange(sourceOf(file.name, new Uint8Array(await file.arrayBuffer())));
  };
  const drop = useFileDrop((dropped) => {
    // Beside photos a table is about their products.
    const isBeside = photos && { entries: [], files: [...dropped.files] };
    if (takePhotos(photosDropped(dropped) ?? isBeside ?? null)) return;
    void take(dropped.files[0]);
  });
  return (
    // Dropping is a shortcut; the button beside it does the same.
    <div class={drop.isOver ? 'source source-over' : 'source'} {...drop.listeners}>
      <div class="source-head">
        <label for="skus">{translate('formSkus')}</label>
        {kind !== 'empty' && <span class="source-kind small">{translate(KIND_TEXT[kind])}</span>}
      </div>
      <p class="small soft" id="skus-hint">
        {translate('formSkusHint')}
      </p>
      {photos ? (
        <LazyPhotoPart
          {...{ client }}
          dropped={photos.dropped}
          onChange={props.onPhotos}
          onRemove={() => onChange(NO_SOURCE)}
        />
      ) : source.file ? (
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
          accept=".csv,.tsv,.txt,.tab,.xlsx,.xlsm,.xml,.rss,.json,.zip,.heic,.heif,text/csv,application/json,image/*"
          multiple
          onChange={(event) => {
            const { files } = event.currentTarget;
            const isBeside = photos && { entries: [], files: [...(files ?? [])] };
            if (!takePhotos(photosChosen(files) ?? isBeside ?? null)) void take(files?.[0]);
            event.currentTarget.value = '';
          }}
        />
        <input
          ref={folder}
          class="visually-hidden"
          type="file"
          tabIndex={-1}
          aria-label={translate('chooseFolder')}
          {...FOLDERS}
          onChange={(event) => {
            takePhotos({ entries: [], files: [...(event.currentTarget.files ?? [])] });
            event.currentTarget.value = '';
          }}
        />
        <button type="button" onClick={() => picker.current?.click()}>
          {translate('chooseFile')}
        </button>
        <button type="button" onClick={() => folder.current?.click()}>
          {translate('chooseFolder')}
        </button>
        <span class="small soft">{translate('dropHint')}</span>
      </div>
      {tooLarge !== null && (
        <p class="danger small" role="alert">
          {translate('fileTooLarge', { name: tooLarge, limit: formatBytes(MAX_FILE_BYTES) })}
        </p>
      )}
    </div>
  );
}

const KIND_TEXT = { lines: 'kindLines', json: 'kindJson', table: 'kindTable', photos: 'kindPhotos' } as const;
/** Makes an input one for folders; every browser has it, the types do not. */
const FOLDERS = { webkitdirectory: true };
