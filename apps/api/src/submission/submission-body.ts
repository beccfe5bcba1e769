import { createHash } from 'node:crypto';
import { BatchRequest, MAX_BODY_BYTES } from '@image-studio/contract';
import type { BodyReader } from '../http/route.ts';
import type { RouteContext } from '../routes/context.ts';
import type { CheckedDraft } from './batch-draft.ts';
import { checkDraft } from './check-draft.ts';
import type { CsvOptions } from './csv-options.ts';
import { readBatchJson } from './read-batch-json.ts';
import { readCsv } from './read-csv.ts';

/** Reads the body of `POST /batches`, JSON or CSV, into a checked draft; throws 400 or 422 with every fault. */
export const submissionBody = (outgoing: RouteContext['outgoing']): BodyReader<CheckedDraft> => ({
  content: { 'application/json': BatchRequest, 'text/csv': null },
  required: true,
  maxBytes: MAX_BODY_BYTES,
  async read(body, mediaType, query) {
    const csvOptions = query as CsvOptions;
    const draft =
      mediaType === 'text/csv'
        ? await readCsv(body.bytes, csvOptions)
        : await readBatchJson(body.bytes, csvOptions);
    return checkDraft({ ...draft, bodySha256: digest(mediaType, csvOptions, body.sha256) }, outgoing);
  },
});

/** What must be equal for two submissions to be the same one. */
function digest(mediaType: string, query: CsvOptions, bodySha256: string): string {
  const options = Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([mediaType, options, bodySha256]))
    .digest('hex');
}
