import type { Inspected } from '@image-studio/imaging/pool';
import { geminiModel, geminiTraits } from '@image-studio/planning';
import type { Adapter } from '../adapter.ts';
import { undecodable } from '../answer/undecodable.ts';
import { unreadable } from '../answer/unreadable.ts';
import type { ImageModel, ModelAnswer, ModelRequest } from '../image-model.ts';
import { ApiFault } from '../request/api-fault.ts';
import { guardCall } from '../request/guard-call.ts';
import { createGeminiBatches } from './gemini-batches.ts';
import { toModelError } from './gemini-fault.ts';
import { type GeminiPicture, readGeminiReply } from './gemini-reply.ts';
import { readFile, readModelCard, sendGenerateContent } from './gemini-request.ts';
import type { GeminiAccess } from './google-generative-ai.ts';

export interface GeminiConfig {
  apiKey: string;
  /** Default: Google's. May carry a path. */
  baseUrl?: string | undefined;
  /** Default: `DEFAULT_GEMINI_MODEL`. */
  model?: string | undefined;
  /** Fetches a picture that an answer gives only the address of, if requests may go there. Default: none is fetched. */
  fetchPicture?: ((url: string, signal: AbortSignal) => Promise<Buffer>) | undefined;
  /** Decodes an answer, and tells its type and size. Rejects with an `Error` that says what is wrong. */
  inspect(image: Buffer): Promise<Inspected>;
}

const GOOGLE = 'https://generativelanguage.googleapis.com';
/** The model's card is a small answer; a server that takes longer is not there. */
const WARM_UP_TIMEOUT_MS = 15_000;
/** A thought of this size or more is the picture itself; smaller ones are sketches. */
const MIN_DRAFT_SIDE = 256;

/** Google's Gemini API. The key stays in this closure: neither errors nor `util.inspect` can show it. */
export function createGeminiModel(config: GeminiConfig): ImageModel {
  const access: GeminiAccess = {
    apiKey: config.apiKey,
    baseUrl: (config.baseUrl ?? GOOGLE).replace(/\/+$/, ''),
  };
  const traits = geminiTraits(config.model);
  const guard = { apiKey: config.apiKey, toModelError };
  return {
    ...traits,
    generate: (request, signal) =>
      guardCall({ signal, timeoutMs: request.timeoutMs, ...guard }, (own) =>
        generate(access, request, config, own),
      ),
    warmUp: (signal) =>
      guardCall({ signal, timeoutMs: WARM_UP_TIMEOUT_MS, ...guard }, (own) =>
        readModelCard(access, traits.defaultModel, own),
      ),
    close: async () => {},
    batches: createGeminiBatches(access, (body, request, signal) =>
      answerOf(body, request, access, config, signal),
    ),
  };
}

/** The provider `gemini`. */
export const gemini: Adapter = ({ apiKey = '', baseUrl, defaultModel }, tools) =>
  createGeminiModel({ ...tools, apiKey, baseUrl, model: defaultModel });

async function generate(
  access: GeminiAccess,
  request: ModelRequest,
  config: Pick<GeminiConfig, 'fetchPicture' | 'inspect'>,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  const body = await sendGenerateContent(access, request, geminiModel(request.model), signal);
  return answerOf(body, request, access, config, signal);
}

/** What an answer's body brought. Rejects with `ModelError` when that is no picture. */
async function answerOf(
  body: unknown,
  request: Pick<ModelRequest, 'model' | 'imageSize'>,
  access: GeminiAccess,
  config: Pick<GeminiConfig, 'fetchPicture' | 'inspect'>,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  const { inspect } = config;
  const model = geminiModel(request.model);
  const found = readGeminiReply(body, model, request.imageSize);
  const { usage, costUsd, modelVersion, isDraft } = found;
  const image = await bytesOf(found, access, config, signal);
  try {
    const { mime, ...size } = await inspect(image);
    if (isDraft) assertLarge(size);
    return {
      image,
      mime,
      usage,
      costUsd,
      ...(modelVersion === undefined ? {} : { modelVersion }),
      ...(isDraft ? { note: 'the model sent this picture only among its thoughts' } : {}),
    };
  } catch (cause) {
    if (!isDraft) throw undecodable(cause, { costUsd });
    throw unreadable(`its only picture is a thought, and ${reasonOf(cause)}`, {
      costUsd,
      cause,
      mayBeBought: true,
    });
  }
}

/** Google says that the last thought is the picture itself; the sketches before it are small. */
function assertLarge({ width, height }: { width: number; height: number }): void {
  if (Math.min(width, height) < MIN_DRAFT_SIDE) throw new Error(`it is ${width}×${height} px`);
}

/** The bytes of a picture that was found. The API's own files are read with its key, all others without. */
async function bytesOf(
  { picture, costUsd }: GeminiPicture,
  access: GeminiAccess,
  { fetchPicture }: Pick<GeminiConfig, 'fetchPicture'>,
  signal: AbortSignal,
): Promise<Buffer> {
  if (Buffer.isBuffer(picture)) return picture;
  try {
    // `files/abc` is a name of the API's, relative to it.
    const url = new URL(picture.url, `${access.baseUrl}/v1beta/`);
    if (url.origin === new URL(access.baseUrl).origin) return await readFile(access, url, signal);
    if (!fetchPicture || !/^https?:$/.test(url.protocol)) throw new Error('nothing is fetched from there');
    return await fetchPicture(url.href, signal);
  } catch (cause) {
    signal.throwIfAborted();
    const scheme = /^[a-z]{2,10}(?=:)/i.exec(picture.url)?.[0] ?? 'relative';
    throw unreadable(`it gives the address of a picture (${scheme}): ${reasonOf(cause)}`, {
      costUsd,
      mayBeBought: true,
    });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ApiFault) return error.httpStatus ? `HTTP ${error.httpStatus}` : error.message;
  return error instanceof Error ? error.message : String(error);
}
