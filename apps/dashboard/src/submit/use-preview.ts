import type { SkuInput } from '@image-studio/contract';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { StudioClient } from '../api/studio-client.ts';
import { FIRST_OPTIONS } from './form-options.ts';
import { readSubmission } from './read-submission.ts';
import { textKind } from './text-kind.ts';

export type ColumnUse = 'sku' | 'image' | 'imageName' | 'attribute';

/** What was recognised of the submitted text: its columns, its first rows, and how much it is. */
export interface Preview {
  columns: { heading: string; is: ColumnUse; name?: string }[];
  rows: { line: number; cells: string[] }[];
  skus: number | null;
  photos: number | null;
}

const SAMPLE_ROWS = 5;
const PAUSE_MS = 300;

/** What the text holds. A table is read by the server, which knows all headings; the rest is read here. */
export function usePreview(client: StudioClient, text: string): Preview | null {
  const isTable = textKind(text) === 'table';
  const own = useMemo(() => (isTable ? null : previewSkus(text)), [text, isTable]);
  const [table, setTable] = useState<Preview | null>(null);
  useEffect(() => {
    if (!isTable) return setTable(null);
    const ending = new AbortController();
    const timer = setTimeout(() => {
      client
        .submit<Preview>('batches/preview', text, { contentType: 'text/csv', signal: ending.signal })
        // Why it cannot be read is told by the check of the whole submission.
        .then(setTable, () => setTable(null));
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [client, text, isTable]);
  return isTable ? table : own;
}

function previewSkus(text: string): Preview | null {
  const submission = readSubmission(text, FIRST_OPTIONS);
  if (!submission.ok || submission.skus === null) return null;
  const skus = submission.skus.filter(isSku);
  const attributes = [...new Set(skus.slice(0, 200).flatMap((sku) => Object.keys(sku.attributes ?? {})))];
  return {
    columns: [
      { heading: 'SKU', is: 'sku' },
      { heading: 'URL', is: 'image' },
      ...attributes.map((name) => ({ heading: name, is: 'attribute' as const, name })),
    ],
    rows: skus.slice(0, SAMPLE_ROWS).map((sku, index) => ({
      line: index + 1,
      cells: [
        sku.sku,
        sku.images.map(({ url }) => url).join(' '),
        ...attributes.map((name) => sku.attributes?.[name] ?? ''),
      ],
    })),
    skus: submission.skus.length,
    photos: skus.reduce((sum, { images }) => sum + images.length, 0),
  };
}

/** JSON may hold anything; what is wrong with it is the server's to say. */
function isSku(value: SkuInput): boolean {
  return (
    typeof value?.sku === 'string' && Array.isArray(value.images) && value.images.every((one) => one?.url)
  );
}
