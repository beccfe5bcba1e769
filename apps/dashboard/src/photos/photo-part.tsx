import type { SkuInput } from '@image-studio/contract';
import {
  groupPhotos,
  guessPattern,
  parsePattern,
  type TableProduct,
  toSkuInputs,
} from '@image-studio/photo-names';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ProblemError } from '../api/problem-error.ts';
import type { StudioClient } from '../api/studio-client.ts';
import photos from '../text/en/photos.json' with { type: 'json' };
import { learnTexts } from '../text/messages.ts';
import { problemSentence } from '../text/problem-sentence.ts';
import { serverPlace, serverWords } from '../text/server-words.ts';
import { translate } from '../text/translate.ts';
import { useStore } from '../ui/use-store.ts';
import { type Collected, collectFiles } from './collect-files.ts';
import type { Dropped } from './dropped.ts';
import { fileName, type LocalFile } from './local-file.ts';
import { PatternField } from './pattern-field.tsx';
import { UploadBar } from './upload-bar.tsx';
import { createUploader } from './uploader.ts';
import './photo-part.css';

learnTexts(photos);

export interface PhotoPartProps {
  client: StudioClient;
  /** What was dropped first, and what was dropped since. */
  dropped: readonly Dropped[];
  /** The products as far as all photos are there; `null` while some are on their way. */
  onChange: (skus: SkuInput[] | null) => void;
  onRemove: () => void;
}

/** Photos from somebody's disk: they go up while their products are told apart by names that can be explained. */
export function PhotoPart({ client, dropped, onChange, onRemove }: PhotoPartProps) {
  const uploader = useMemo(() => createUploader(client), [client]);
  const progress = useStore(uploader.progress);
  const [found, setFound] = useState<Collected>({ photos: [], tables: [], others: 0, unreadable: [] });
  const [pattern, setPattern] = useState<string | null>(null);
  const table = useTable(client, found.tables.at(-1));
  const seen = useRef(0);
  useEffect(() => () => uploader.close(), [uploader]);
  useEffect(() => {
    for (const some of dropped.slice(seen.current)) {
      seen.current += 1;
      void collectFiles(some).then((more) => {
        uploader.add(more.photos);
        setFound((known) => join(known, more));
      });
    }
  }, [dropped]);

  const paths = useMemo(() => found.photos.map(({ path }) => path), [found]);
  const codes = useMemo(() => table.products.map(({ sku }) => sku), [table.products]);
  const guessed = useMemo(() => guessPattern(paths, codes), [paths, codes]);
  const text = pattern ?? guessed;
  const groups = useMemo(
    () => groupPhotos(paths, parsePattern(text), table.products),
    [paths, text, table.products],
  );
  const isDone = progress.files > 0 && progress.doneFiles + progress.failed.length >= progress.files;
  useEffect(() => {
    onChange(isDone && !table.isReading ? toSkuInputs(groups, uploader.digestOf) : null);
  }, [isDone, progress.failed.length, groups, table.isReading]);

  return (
    <div class="photo-part">
      <UploadBar {...{ uploader, progress }} onRemove={onRemove} />
      <PatternField {...{ text, paths, groups }} onChange={setPattern} />
      <Notes {...{ found, groups, table }} />
    </div>
  );
}

interface Table {
  products: TableProduct[];
  name: string | null;
  isReading: boolean;
  problem: string | null;
}

const NO_TABLE: Table = { products: [], name: null, isReading: false, problem: null };

/** What a table that lies beside the photos says of their products. The server reads it, as it reads all tables. */
function useTable(client: StudioClient, file: LocalFile | undefined): Table {
  const [table, setTable] = useState(NO_TABLE);
  useEffect(() => {
    if (file === undefined) return;
    const name = fileName(file.path);
    setTable({ ...NO_TABLE, name, isReading: true });
    void (async () => {
      try {
        const { items } = await client.submit<{ items: TableProduct[] }>(
          'tables/products',
          await file.read(),
          {
            contentType: 'application/octet-stream',
          },
        );
        setTable({ ...NO_TABLE, products: items, name });
      } catch (error) {
        const [fault] = error instanceof ProblemError ? (error.problem.errors ?? []) : [];
        setTable({
          ...NO_TABLE,
          name,
          problem: fault ? `${serverPlace(fault.path)} ${serverWords(fault)}` : wordsOf(error),
        });
      }
    })();
  }, [client, file]);
  return table;
}

function wordsOf(error: unknown): string {
  if (error instanceof ProblemError) return problemSentence(error.problem);
  return serverWords({ message: error instanceof Error ? error.message : String(error) });
}

/** What a person should know of the sorting. */
function Notes(props: { found: Collected; groups: ReturnType<typeof groupPhotos>; table: Table }) {
  const { found, groups, table } = props;
  const some = (names: readonly string[]): string =>
    names.slice(0, 5).join(', ') + (names.length > 5 ? ', …' : '');
  const notes = [
    groups.unmatched.length > 0 &&
      translate('photosUnmatched', { n: groups.unmatched.length, some: some(groups.unmatched) }),
    groups.beyond > 0 && translate('photosBeyond', { n: groups.beyond }),
    table.problem !== null && translate('photosTableFailed', { name: table.name ?? '', why: table.problem }),
    table.products.length > 0 &&
      groups.withoutPhoto.length > 0 &&
      translate('photosMissing', { n: groups.withoutPhoto.length, some: some(groups.withoutPhoto) }),
    groups.notInTable > 0 && translate('photosNotInTable', { n: groups.notInTable }),
    found.others > 0 && translate('photosOthers', { n: found.others }),
    found.unreadable.length > 0 && translate('photosUnreadable', { some: some(found.unreadable) }),
  ].filter((note) => note !== false);
  return (
    <div role="status">
      {table.products.length > 0 && (
        <p class="small">{translate('photosTable', { name: table.name ?? '', n: table.products.length })}</p>
      )}
      {notes.length > 0 && (
        <ul class="note note-warning faults small">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function join(a: Collected, b: Collected): Collected {
  const known = new Set(a.photos.map(({ path }) => path));
  return {
    photos: [...a.photos, ...b.photos.filter(({ path }) => !known.has(path))],
    tables: [...a.tables, ...b.tables],
    others: a.others + b.others,
    unreadable: [...a.unreadable, ...b.unreadable],
  };
}
