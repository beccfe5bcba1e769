import { createHash } from 'node:crypto';
import { BatchRequest, MAX_BODY_BYTES, PullRequest } from '@image-studio/contract';
import { sniffContent } from '@image-studio/tables';
import { z } from 'zod';
import type { BodyReader } from '../http/route.ts';
import type { RouteContext } from '../routes/context.ts';
import type { CheckedDraft } from './batch-draft.ts';
import { checkDraft } from './check-draft.ts';
import { readBatchJson } from './read-batch-json.ts';
import { readTableBody } from './read-table-body.ts';
import { knowsPhotosOf } from './refuse-unknown-photos.ts';
import { type TableQuery, toBatchOptions, toTableOptions } from './table-query.ts';

/** Media types of submissions, for the documentation: what the bytes are decides. */
export const SUBMISSION_TYPES: BodyReader<unknown>['content'] = {
  'application/json': z.union([BatchRequest, PullRequest]),
  'text/csv': null,
  'text/tab-separated-values': null,
  'application/xml': null,
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': null,
};

/** Reads the body of a submission, JSON or a table of any kind, into a checked draft; throws with every fault. */
export const submissionBody = ({
  api,
  outgoing,
}: Pick<RouteContext, 'api' | 'outgoing'>): BodyReader<CheckedDraft> => ({
  content: SUBMISSION_TYPES,
  contentDecides: true,
  required: true,
  maxBytes: MAX_BODY_BYTES,
  async read({ bytes, sha256 }, mediaType, query, { tenant }) {
    const tableQuery = query as TableQuery;
    const bodySha256 = digest(mediaType, tableQuery, sha256);
    const draft = isJsonBody(bytes, mediaType)
      ? await readBatchJson(bytes, tableQuery)
      : { options: toBatchOptions(tableQuery), ...(await readTableBody(bytes, toTableOptions(tableQuery))) };
    return checkDraft({ ...draft, bodySha256 }, outgoing, knowsPhotosOf(api, tenant));
  },
});

/** What is sent as JSON and is neither JSON nor a table is bad JSON. */
export function isJsonBody(bytes: Buffer, mediaType: string): boolean {
  const { is } = sniffContent(bytes);
  if (is === 'json') return true;
  return (
    is === 'text' && mediaType === 'application/json' && !/[,;\t]/.test(bytes.subarray(0, 4096).toString())
  );
}

/** What must be equal for two submissions to be the same one. */
function digest(mediaType: string, query: TableQuery, bodySha256: string): string {
  const options = Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([mediaType, options, bodySha256]))
    .digest('hex');
}
