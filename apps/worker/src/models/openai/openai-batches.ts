import type { ModelTraits } from '@image-studio/planning';
import { z } from 'zod';
import type { BatchedCall, BatchedResult, BatchProgress, ModelAnswer, ModelBatches } from '../image-model.ts';
import { ApiFault } from '../request/api-fault.ts';
import { asCreated } from '../request/as-created.ts';
import { batchedResult } from '../request/batched-result.ts';
import { errorIn } from '../request/error-in.ts';
import { guardCall } from '../request/guard-call.ts';
import { parseAnswer, parseOrNothing } from '../request/parse-answer.ts';
import { sendRequest } from '../request/send-request.ts';
import { takeResults } from '../request/take-results.ts';
import { toOpenaiError } from './openai-fault.ts';
import { sizeOf } from './size-of.ts';

/** A small question. */
const ASK_MS = 60_000;
/** A file of many photos, or of many pictures. */
const TRANSFER_MS = 60 * 60_000;
/** OpenAI takes files of 200 MB, 150 MB before base64. The form that carries one is held in memory, twice for a moment. */
const MOST_BYTES = 50_000_000;
const PAGE = 100;
/** Pages of the list; younger batches come first. */
const MOST_PAGES = 50;
const ENDPOINT = '/v1/images/edits';

const text = z.string().nullish();
const Uploaded = z.object({ id: z.string() });
const Batch = z.object({
  id: z.string(),
  status: text,
  output_file_id: text,
  error_file_id: text,
  metadata: z.record(z.string(), z.unknown()).nullish().catch(null),
});
const Page = z.object({ data: z.array(Batch), has_more: z.boolean().nullish() });
const ResultLine = z.object({
  custom_id: z.string(),
  response: z.object({ status_code: z.number(), body: z.unknown().optional() }).nullish(),
  error: z.unknown().optional(),
});

export interface OpenaiAccess {
  /** With what comes before `/v1`; without a trailing slash. */
  baseUrl: string;
  apiKey?: string | undefined;
  headers: Record<string, string>;
  quality?: string | undefined;
}

/** What the price of a call depends on. */
export type PricedRequest = Parameters<ModelTraits['estimateUsd']>[0];

/** Reads an answer as that of a call of its own, at its full price. */
export type ReadAnswer = (body: unknown, request: PricedRequest, signal: AbortSignal) => Promise<ModelAnswer>;

/**
 * OpenAI's Batch API with `/v1/images/edits`: a JSONL file of calls, made within a day at half the price. A batch that expires or is
 * cancelled brings back, and is charged for, what was made of it.
 */
export function createOpenaiBatches(access: OpenaiAccess, readAnswer: ReadAnswer): ModelBatches {
  const { baseUrl, headers, apiKey = '' } = access;
  const guarded = <T>(timeoutMs: number, signal: AbortSignal, work: (own: AbortSignal) => Promise<T>) =>
    guardCall({ signal, timeoutMs, apiKey, toModelError: toOpenaiError }, work);
  const ask = async <Schema extends z.ZodType>(schema: Schema, path: string, init: RequestInit) => {
    const all = { ...init, headers: { ...headers, ...(init.headers as Record<string, string>) } };
    const { bytes, contentType } = await sendRequest(`${baseUrl}/v1/${path}`, all);
    const parsed = schema.safeParse(parseAnswer(bytes, contentType));
    if (parsed.success) return parsed.data;
    throw new ApiFault('notJson', 'of another shape', { mayBeBought: true });
  };
  return {
    mostBytes: MOST_BYTES,
    upload: (displayName, calls, signal) =>
      guarded(TRANSFER_MS, signal, async (own) => {
        const body = await toForm(displayName, calls, access);
        return (await ask(Uploaded, 'files', { method: 'POST', body, signal: own })).id;
      }),
    async create({ displayName, file, timeoutMs }) {
      const order = {
        input_file_id: file,
        endpoint: ENDPOINT,
        completion_window: '24h',
        metadata: { name: displayName },
      };
      try {
        return await guarded(timeoutMs, new AbortController().signal, async (own) => {
          const init = { method: 'POST', headers: JSON_BODY, body: JSON.stringify(order), signal: own };
          return (await ask(Batch, 'batches', init)).id;
        });
      } catch (error) {
        throw asCreated(error);
      }
    },
    find: (displayName, signal) =>
      guarded(ASK_MS, signal, async (own) => {
        const names = new Set<string>();
        let after = '';
        for (let page = 0; page < MOST_PAGES; page += 1) {
          const query = `limit=${PAGE}${after && `&after=${encodeURIComponent(after)}`}`;
          const { data, has_more: hasMore } = await ask(Page, `batches?${query}`, { signal: own });
          for (const { id, metadata } of data) if (metadata?.name === displayName) names.add(id);
          after = data.at(-1)?.id ?? '';
          if (hasMore !== true || after === '') return [...names];
        }
        throw new ApiFault('tooLarge', 'the list of batches does not end');
      }),
    read: (name, signal) =>
      guarded(ASK_MS, signal, async (own) =>
        progressOf(await ask(Batch, `batches/${name}`, { signal: own })),
      ),
    async results(files, requestOf, take, signal) {
      for (const file of files.split(' ')) {
        await takeResults(
          { url: `${baseUrl}/v1/files/${file}/content`, headers },
          (line, own) => readLine(line, requestOf, readAnswer, { signal: own, apiKey }),
          take,
          (work) => guarded(TRANSFER_MS, signal, work),
        );
      }
    },
    cancel: (name, signal) =>
      guarded(ASK_MS, signal, async (own) => {
        await sendRequest(`${baseUrl}/v1/batches/${name}/cancel`, { method: 'POST', headers, signal: own });
      }),
  };
}

const JSON_BODY = { 'content-type': 'application/json' };

/** Pictures are in one file, and lines that failed in another: either may be missing. */
function progressOf(batch: z.output<typeof Batch>): BatchProgress {
  const files = [batch.output_file_id, batch.error_file_id].filter(Boolean).join(' ');
  const results = files === '' ? null : files;
  switch (batch.status) {
    case 'completed':
      // The batch's pictures are billed, and must be somewhere: an unknown state is no reason to make its calls again.
      if (results === null) throw new ApiFault('notJson', 'a batch that is complete, without its results');
      return { state: 'succeeded', results };
    case 'failed':
    case 'expired':
    case 'cancelled':
      return { state: batch.status, results };
    default:
      return { state: 'open', results: null };
  }
}

async function toForm(
  displayName: string,
  calls: readonly BatchedCall[],
  { quality }: OpenaiAccess,
): Promise<FormData> {
  const lines: Blob[] = [];
  for (const call of calls) {
    const images = [];
    for (const photo of call.photos) {
      images.push({ image_url: `data:${photo.mime};base64,${(await photo.read()).toString('base64')}` });
    }
    const { model, prompt } = call;
    const body = {
      model,
      prompt,
      images,
      n: 1,
      size: sizeOf(call),
      ...(quality !== undefined && { quality }),
    };
    const line = { custom_id: call.key, method: 'POST', url: ENDPOINT, body };
    lines.push(new Blob([`${JSON.stringify(line)}\n`]));
  }
  const form = new FormData();
  form.set('purpose', 'batch');
  form.set('file', new Blob(lines, { type: 'application/jsonl' }), `${displayName}.jsonl`);
  return form;
}

/** One line of the results; `null` when it is none that was asked for. */
async function readLine(
  line: Buffer,
  requestOf: Parameters<ModelBatches['results']>[1],
  readAnswer: ReadAnswer,
  { signal, apiKey }: { signal: AbortSignal; apiKey: string },
): Promise<BatchedResult | null> {
  const parsed = ResultLine.safeParse(parseOrNothing(line));
  const request = parsed.success ? requestOf(parsed.data.custom_id) : undefined;
  if (!parsed.success || !request) return null;
  const { custom_id: key, response, error } = parsed.data;
  const priced = { ...request, inputs: { length: 1 } };
  // A picture that it gives only the address of may take a while.
  const guard = { signal, timeoutMs: ASK_MS, apiKey, toModelError: toOpenaiError };
  return batchedResult(key, () =>
    guardCall(guard, async (own) => {
      const status = response?.status_code ?? 500;
      const said = errorIn(response?.body) ?? errorIn({ error });
      if (status < 200 || status >= 300 || said !== null)
        throw new ApiFault('http', said?.message ?? '', {
          httpStatus: status >= 400 ? status : 500,
          details: said?.details ?? [],
          fields: said?.fields ?? {},
        });
      return readAnswer(response?.body, priced, own);
    }),
  );
}
