import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatchView, SkuView } from '@image-studio/contract';
import type { Settings } from './read-settings.ts';

/** What `npm run demo -- --json` prints. */
export interface DemoSummary {
  ok: boolean;
  batchId: string;
  status: BatchView['status'];
  seconds: number;
  model: string;
  counts: BatchView['counts'];
  calls: BatchView['calls'];
  costUsd: number;
  /** Folder of the pictures; null when they went to S3. */
  folder: string | null;
  skus: {
    sku: string;
    state: SkuView['state'];
    images: {
      role: string;
      width: number;
      height: number;
      bytes: number;
      format: string;
      url: string;
      path: string | null;
    }[];
    failure: string | null;
  }[];
}

/** `ok` unless a SKU failed or was cancelled. */
export async function summarise(
  batch: BatchView,
  skus: SkuView[],
  { api: { store }, worker: { model } }: Settings,
  seconds: number,
): Promise<DemoSummary> {
  const root = store.kind === 'file' ? store.folder : null;
  return {
    ok: batch.counts.failed === 0 && batch.counts.cancelled === 0,
    batchId: batch.id,
    status: batch.status,
    seconds,
    model: model.defaultModel ?? model.engine,
    counts: batch.counts,
    calls: batch.calls,
    costUsd: batch.costUsd,
    folder: root === null ? null : join(root, 'image-studio'),
    skus: await Promise.all(
      skus.map(async ({ sku, state, images, failure }) => ({
        sku,
        state,
        images: await Promise.all(
          images.map(async ({ role, width, height, bytes, format, url }) => {
            return {
              role,
              width,
              height,
              bytes,
              format,
              url,
              path: root === null ? null : await fileOf(url, root),
            };
          }),
        ),
        failure: failure === undefined ? null : `${failure.code}: ${failure.message}`,
      })),
    ),
  };
}

/** The summary for people: one row per SKU and where the pictures are. */
export function summaryTable({ skus, counts, folder, seconds }: DemoSummary): string {
  const width = Math.max(...skus.map(({ sku }) => displayWidth(sku)));
  const rows = skus.map(({ sku, state, images, failure }) => {
    const what = images.map((image) => {
      const size = `${image.width}×${image.height} ${image.format} ${Math.round(image.bytes / 1024)} KB`;
      return `${size}  ${image.path ?? image.url}`;
    });
    const pad = ' '.repeat(width - displayWidth(sku));
    return `  ${sku}${pad}  ${state.padEnd(11)}  ${[...what, failure ?? []].flat().join('; ')}`;
  });
  const good = counts.completed + counts.needsReview;
  return [
    '',
    ...rows,
    '',
    `  ${good} of ${counts.total} SKUs in ${seconds} s, ${counts.failed} failed.`,
    ...(folder === null ? [] : [`  Pictures: ${folder}`]),
    '',
    '',
  ].join('\n');
}

/** The file behind a link of the file store, whose links are `/files/<key>`; null when it is not where the key says. */
async function fileOf(url: string, root: string): Promise<string | null> {
  const [, key] = new URL(url, 'http://localhost').pathname.split('/files/', 2);
  if (key === undefined) return null;
  const path = join(root, ...key.split('/').map(decodeURIComponent));
  return access(path).then(
    () => path,
    () => null,
  );
}

/** Columns on a terminal: Chinese, Japanese and Korean characters take two. */
function displayWidth(text: string): number {
  return [...text].reduce(
    (sum, character) =>
      sum + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/.test(character) ? 2 : 1),
    0,
  );
}
