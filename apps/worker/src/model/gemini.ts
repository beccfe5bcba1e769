import { geminiModel, geminiTraits } from '@image-studio/planning';
import { toModelError } from './gemini-fault.ts';
import { readGeminiReply } from './gemini-reply.ts';
import {
  type GeminiAccess,
  readSdkFault,
  type SdkFault,
  sendGenerateContent,
} from './google-generative-ai.ts';
import { type ImageModel, type ModelAnswer, ModelError, type ModelRequest } from './image-model.ts';
import { inspectPicture } from './inspect-picture.ts';
import { type Interruption, withDeadline } from './with-deadline.ts';

export interface GeminiConfig {
  apiKey: string;
  /** Default: Google's. May carry a path. */
  baseUrl?: string | undefined;
  /** Default: `DEFAULT_GEMINI_MODEL`. */
  model?: string | undefined;
}

const GOOGLE = 'https://generativelanguage.googleapis.com';
/** The model's card is a small answer; a server that takes longer is not there. */
const WARM_UP_TIMEOUT_MS = 15_000;
/** Google's Gemini API. The key stays in this closure: neither errors nor `util.inspect` can show it. */
export function createGeminiModel(config: GeminiConfig): ImageModel {
  const access: GeminiAccess = {
    apiKey: config.apiKey,
    baseUrl: (config.baseUrl ?? GOOGLE).replace(/\/+$/, ''),
  };
  const traits = geminiTraits(config.model);
  return {
    ...traits,
    generate: (request, signal) =>
      guarded(access, signal, request.timeoutMs, (own) => generate(access, request, own)),
    warmUp: (signal) =>
      guarded(access, signal, WARM_UP_TIMEOUT_MS, (own) => readModelCard(access, traits.defaultModel, own)),
    close: async () => {},
  };
}

async function generate(
  access: GeminiAccess,
  request: ModelRequest,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  const model = geminiModel(request.model);
  const body = await sendGenerateContent(access, request, model, signal);
  const { data, usage, costUsd, modelVersion } = readGeminiReply(body, model, request.imageSize);
  try {
    const mime = await inspectPicture(data);
    return { image: data, mime, usage, costUsd, ...(modelVersion === undefined ? {} : { modelVersion }) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ModelError('badImage', `the model's picture cannot be decoded: ${reason}`, { costUsd, cause });
  }
}

/** Asks for the model's card: opens the connection and tests key and model without paying. */
async function readModelCard(access: GeminiAccess, model: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(`${access.baseUrl}/v1beta/models/${model}`, {
    headers: { 'x-goog-api-key': access.apiKey },
    signal,
  });
  const text = await response.text();
  if (response.ok) return;
  const { message, details } = googleError(text);
  // Gateways that only relay generateContent answer 404 or 405 here, without Google's error about the model.
  const lacksRoute = [404, 405, 501].includes(response.status) && !/models?\//.test(message);
  if (lacksRoute) return;
  throw toModelError(withoutKey({ kind: 'http', httpStatus: response.status, message, details }, access));
}

function googleError(text: string): { message: string; details: unknown[] } {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown; details?: unknown } };
    return {
      message: typeof error?.message === 'string' ? error.message : '',
      details: Array.isArray(error?.details) ? error.details : [],
    };
  } catch {
    return { message: '', details: [] };
  }
}

/** Runs a call so that it can only reject with a `ModelError` that does not hold the key. */
async function guarded<T>(
  access: GeminiAccess,
  signal: AbortSignal,
  timeoutMs: number,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw interrupted('cancelled', timeoutMs);
  return withDeadline(signal, timeoutMs, async (own, interruption) => {
    try {
      return await call(own);
    } catch (error) {
      // An answer that was read to its end stands, and has a price, even if the signal fired meanwhile.
      if (error instanceof ModelError) throw error;
      const how = interruption();
      if (how !== undefined) throw interrupted(how, timeoutMs);
      throw toModelError(withoutKey(readSdkFault(error), access));
    }
  });
}

function interrupted(how: Interruption, timeoutMs: number): ModelError {
  return how === 'cancelled'
    ? new ModelError('cancelled', 'the call was cancelled')
    : new ModelError('timeout', `the model did not answer within ${timeoutMs} ms`);
}

/** Servers have been seen to repeat the key in their error. */
function withoutKey(fault: SdkFault, { apiKey }: GeminiAccess): SdkFault {
  return apiKey === '' ? fault : { ...fault, message: fault.message.replaceAll(apiKey, '[key]') };
}
