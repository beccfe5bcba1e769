import { parseUrl } from '@image-studio/contract';
import { geminiModel } from '@image-studio/planning';
import { z } from 'zod';
import type {
  BatchedCall,
  BatchedResult,
  BatchProgress,
  ModelAnswer,
  ModelBatches,
  ModelRequest,
} from '../image-model.ts';
import { ApiFault } from '../request/api-fault.ts';
import { asCreated } from '../request/as-created.ts';
import { batchedResult } from '../request/batched-result.ts';
import { errorInside } from '../request/error-in.ts';
import { guardCall } from '../request/guard-call.ts';
import { parseAnswer, parseOrNothing, readJson } from '../request/parse-answer.ts';
import { sendRequest } from '../request/send-request.ts';
import { takeResults } from '../request/take-results.ts';
import { toModelError } from './gemini-fault.ts';
import type { GeminiAccess } from './google-generative-ai.ts';
import { pictureConfig } from './picture-config.ts';

/** A small question. */
const ASK_MS = 60_000;
/** A file of many photos, or of many pictures. */
const TRANSFER_MS = 60 * 60_000;
/** A resumable upload is sent in pieces of this size: of 256 KiB each, as Google wants it. */
const PIECE_BYTES = 8 * 1024 * 1024;
/** Google takes files of 2 GB; base64 makes 4 bytes of 3. */
const MOST_BYTES = 1_000_000_000;
const PAGE = 100;
/** Pages of the list; younger batches come first, and an account has 100 at once. */
const MOST_PAGES = 50;

const text = z.string().nullish();
/** The batch itself: Google wraps it in an operation, some relays do not. `dest`: as the SDKs call it. */
const Batch = z.object({
  displayName: text,
  state: text,
  output: z.object({ responsesFile: text }).nullish(),
  dest: z.object({ fileName: text }).nullish(),
});
const Operation = Batch.extend({
  name: z.string(),
  done: z.boolean().nullish(),
  metadata: Batch.nullish(),
  response: z.object({ responsesFile: text }).nullish(),
  error: z.unknown().optional(),
}).transform(({ name, done, metadata, response, error, ...bare }) => ({
  name,
  displayName: metadata?.displayName ?? bare.displayName,
  state: metadata?.state ?? bare.state ?? '',
  results:
    [metadata?.output, bare.output, response].map((one) => one?.responsesFile).find(Boolean) ??
    metadata?.dest?.fileName ??
    bare.dest?.fileName ??
    null,
  hasEnded: done === true,
  hasFailed: done === true && error != null,
}));
const Page = z
  .object({
    operations: z.array(Operation).nullish(),
    batches: z.array(Operation).nullish(),
    nextPageToken: text,
  })
  .transform(({ operations, batches, nextPageToken }) => ({
    listed: operations ?? batches ?? [],
    nextPageToken,
  }));
const Card = z.object({ supportedGenerationMethods: z.array(z.string()).nullish().catch(null) });
const Uploaded = z.object({ file: z.object({ name: z.string() }) });
const ResultLine = z.object({
  key: z.string(),
  response: z.unknown().optional(),
  error: z.unknown().optional(),
});

type ReadAnswer = (
  body: unknown,
  request: Pick<ModelRequest, 'model' | 'imageSize'>,
  signal: AbortSignal,
) => Promise<ModelAnswer>;

/** Batches of `generateContent` by plain REST: the SDK does not know them. `readAnswer`: as of a call of its own. */
export function createGeminiBatches(access: GeminiAccess, readAnswer: ReadAnswer): ModelBatches {
  const { baseUrl, apiKey } = access;
  const guarded = <T>(timeoutMs: number, signal: AbortSignal, work: (own: AbortSignal) => Promise<T>) =>
    guardCall({ signal, timeoutMs, apiKey, toModelError }, work);
  const headers = { 'x-goog-api-key': apiKey };
  const asJson = (body: object, signal: AbortSignal): RequestInit => ({
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
  const ask = async <Schema extends z.ZodType>(schema: Schema, path: string, init: RequestInit) => {
    const { bytes, contentType } = await sendRequest(`${baseUrl}/v1beta/${path}`, { headers, ...init });
    const body = readJson(bytes, contentType);
    const fault = isNamed(body) ? null : errorInside(body);
    if (fault !== null) throw fault;
    return understand(schema, body);
  };
  return {
    mostBytes: MOST_BYTES,
    areOffered: (model, signal) =>
      guarded(ASK_MS, signal, async (own) => {
        const { supportedGenerationMethods: methods } = await ask(Card, `models/${model}`, { signal: own });
        return methods ? methods.includes('batchGenerateContent') : null;
      }),
    upload: (displayName, calls, signal) =>
      guarded(TRANSFER_MS, signal, (own) => upload(access, displayName, calls, own)),
    async create({ model, displayName, file, timeoutMs }) {
      const batch = { displayName, inputConfig: { fileName: file }, priority: '0' };
      const never = new AbortController().signal;
      try {
        const path = `models/${model}:batchGenerateContent`;
        return await guarded(timeoutMs, never, async (own) => {
          return (await ask(Operation, path, asJson({ batch }, own))).name;
        });
      } catch (error) {
        throw asCreated(error);
      }
    },
    find: (displayName, signal) =>
      guarded(ASK_MS, signal, async (own) => {
        const names = new Set<string>();
        let token = '';
        for (let page = 0; page < MOST_PAGES; page += 1) {
          const query = `pageSize=${PAGE}${token && `&pageToken=${encodeURIComponent(token)}`}`;
          const { listed, nextPageToken } = await ask(Page, `batches?${query}`, { signal: own });
          for (const one of listed) if (one.displayName === displayName) names.add(one.name);
          token = nextPageToken ?? '';
          if (token === '') return [...names];
        }
        throw new ApiFault('tooLarge', 'the list of batches does not end');
      }),
    read: (name, signal) =>
      guarded(ASK_MS, signal, async (own) => progressOf(await ask(Operation, name, { signal: own }))),
    results: (file, requestOf, take, signal) =>
      takeResults(
        { url: `${baseUrl}/download/v1beta/${file}:download?alt=media`, headers },
        (line, own) => readLine(line, requestOf, readAnswer, { signal: own, apiKey }),
        take,
        (work) => guarded(TRANSFER_MS, signal, work),
      ),
    cancel: (name, signal) =>
      guarded(ASK_MS, signal, async (own) => {
        await sendRequest(`${baseUrl}/v1beta/${name}:cancel`, asJson({}, own));
      }),
  };
}

/** An operation: an error in it is its own, not that of the question. */
const isNamed = (body: unknown) =>
  typeof body === 'object' && body !== null && typeof (body as { name?: unknown }).name === 'string';

function understand<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new ApiFault('notJson', 'of another shape', { mayBeBought: true });
}

/** The SDKs write `JOB_STATE_…`, the API `BATCH_STATE_…`. */
function progressOf({ state, results, hasEnded, hasFailed }: z.output<typeof Operation>): BatchProgress {
  const word = state.replace(/^.*_STATE_/, '').toLowerCase();
  switch (word) {
    case 'succeeded':
      // The batch's pictures are billed, and must be somewhere: an unknown state is no reason to make its calls again.
      if (results === null) throw new ApiFault('notJson', 'a batch that succeeded, without its results');
      return { state: word, results };
    case 'failed':
    case 'cancelled':
    case 'expired':
      return { state: word, results };
    default:
      if (hasFailed) return { state: 'failed', results };
      return { state: hasEnded && results !== null ? 'succeeded' : 'open', results };
  }
}

async function upload(
  { baseUrl, apiKey }: GeminiAccess,
  displayName: string,
  calls: readonly BatchedCall[],
  signal: AbortSignal,
): Promise<string> {
  const total = calls.reduce((sum, call) => sum + lineBytes(call), 0);
  const started = await sendRequest(`${baseUrl}/upload/v1beta/files`, {
    method: 'POST',
    headers: {
      'x-goog-api-key': apiKey,
      'content-type': 'application/json',
      'x-goog-upload-protocol': 'resumable',
      'x-goog-upload-command': 'start',
      'x-goog-upload-header-content-length': String(total),
      'x-goog-upload-header-content-type': 'application/jsonl',
    },
    body: JSON.stringify({ file: { display_name: displayName } }),
    signal,
  });
  const url = started.headers.get('x-goog-upload-url') ?? '';
  // The key goes nowhere else, and neither do the photos.
  if (!isSameHost(parseUrl(url), new URL(baseUrl))) throw new ApiFault('notJson', 'no address to upload to');
  let offset = 0;
  const send = async (piece: Buffer, isLast: boolean) => {
    const { bytes, contentType } = await sendRequest(url, {
      method: 'POST',
      headers: {
        'x-goog-api-key': apiKey,
        'x-goog-upload-offset': String(offset),
        'x-goog-upload-command': isLast ? 'upload, finalize' : 'upload',
      },
      body: new Uint8Array(piece),
      signal,
    });
    offset += piece.length;
    return isLast ? understand(Uploaded, parseAnswer(bytes, contentType)).file.name : '';
  };
  let held: Buffer[] = [];
  let bytes = 0;
  for (const call of calls) {
    const line = await lineOf(call);
    held.push(line);
    bytes += line.length;
    if (bytes <= PIECE_BYTES) continue;
    const whole = Buffer.concat(held);
    let from = 0;
    for (; whole.length - from > PIECE_BYTES; from += PIECE_BYTES)
      await send(whole.subarray(from, from + PIECE_BYTES), false);
    held = [whole.subarray(from)];
    bytes = whole.length - from;
  }
  return send(Buffer.concat(held), true);
}

/** Pictures first, in their order, then the text: as in a call of its own. */
/** A server on this machine may call itself by another of its names. */
function isSameHost(one: URL | null | undefined, other: URL): boolean {
  if (one?.origin === other.origin) return true;
  return one?.port === other.port && [one, other].every((url) => LOOPBACK.has(url.hostname));
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

function writeLine(call: BatchedCall, pictures: readonly string[]): string {
  const parts = call.photos.map(({ mime }, at) => ({
    inlineData: { mimeType: mime, data: pictures[at] ?? '' },
  }));
  const request = {
    contents: [{ role: 'user', parts: [...parts, { text: call.prompt }] }],
    generationConfig: pictureConfig(call, geminiModel(call.model)),
  };
  return `${JSON.stringify({ key: call.key, request })}\n`;
}

async function lineOf(call: BatchedCall): Promise<Buffer> {
  const pictures: string[] = [];
  for (const photo of call.photos) pictures.push((await photo.read()).toString('base64'));
  return Buffer.from(writeLine(call, pictures));
}

function lineBytes(call: BatchedCall): number {
  const pictures = call.photos.reduce((sum, { bytes }) => sum + 4 * Math.ceil(bytes / 3), 0);
  return Buffer.byteLength(writeLine(call, [])) + pictures;
}

/** One line of the results; `null` when it is none that was asked for. */
async function readLine(
  line: Buffer,
  requestOf: (key: string) => Pick<ModelRequest, 'model' | 'imageSize'> | undefined,
  readAnswer: ReadAnswer,
  { signal, apiKey }: { signal: AbortSignal; apiKey: string },
): Promise<BatchedResult | null> {
  const parsed = ResultLine.safeParse(parseOrNothing(line));
  const request = parsed.success ? requestOf(parsed.data.key) : undefined;
  if (!parsed.success || !request) return null;
  const { key, response, error } = parsed.data;
  return batchedResult(key, () =>
    // A picture that it gives only the address of may take a while.
    guardCall({ signal, timeoutMs: ASK_MS, apiKey, toModelError }, async (own) => {
      const fault = response === undefined ? errorInside({ error }) : null;
      if (fault) throw fault;
      return readAnswer(response, request, own);
    }),
  );
}
