import {
  type GenerateContentRequest,
  GoogleGenerativeAI,
  GoogleGenerativeAIError,
  GoogleGenerativeAIFetchError,
} from '@google/generative-ai';
import type { GeminiModel } from '@image-studio/planning';
import type { ModelRequest } from './image-model.ts';

/** Where the API is and with which key. */
export interface GeminiAccess {
  apiKey: string;
  /** Without a trailing slash; may carry a path. */
  baseUrl: string;
}

/** What a failed request leaves behind, freed from the SDK's classes. */
export interface SdkFault {
  /** `http`: the server said no. `network`: it was not reached, or broke off. `json`: it answered something else. */
  kind: 'http' | 'network' | 'json' | 'unknown';
  httpStatus?: number;
  /** The provider's own sentence, empty when its answer could not be read. */
  message: string;
  /** `error.details` as the provider sent them. */
  details: unknown[];
}

/**
 * The one place that knows `@google/generative-ai` (0.24.1). Its signal and timeout handling is not used beyond
 * handing the signal on, because it sends requests whose signal has already fired, leaves a listener on the signal and
 * never clears its timer; pass a signal of one's own that lives no longer than the call.
 *
 * Resolves to the parsed body of any answer with status 200, unchecked. Rejects with whatever the SDK threw:
 * `readSdkFault` makes sense of it.
 */
export async function sendGenerateContent(
  access: GeminiAccess,
  request: ModelRequest,
  model: GeminiModel,
  signal: AbortSignal,
): Promise<unknown> {
  const client = new GoogleGenerativeAI(access.apiKey).getGenerativeModel(
    { model: request.model },
    { baseUrl: access.baseUrl },
  );
  const sending = client.generateContent(toContents(request, model), { signal });
  // The request's body is written by now. Minutes may pass until the answer: nobody holds the pictures besides.
  request.inputs.length = 0;
  const { response } = await sending;
  return response;
}

/** Pictures first, in their order, then the text: the order in which the prompt speaks of them. */
function toContents(request: ModelRequest, model: GeminiModel): GenerateContentRequest {
  const pictures = request.inputs.map(({ mime, data }) => ({
    inlineData: { mimeType: mime, data: asBase64(data) },
  }));
  const generationConfig = {
    responseModalities: ['IMAGE'],
    imageConfig: {
      aspectRatio: request.aspectRatio,
      ...(model.sendsImageSize ? { imageSize: request.imageSize } : {}),
    },
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
  };
  return {
    contents: [{ role: 'user', parts: [...pictures, { text: request.prompt }] }],
    // The SDK's types end in 2025 and do not know image output; it passes unknown fields through.
    generationConfig: generationConfig as NonNullable<GenerateContentRequest['generationConfig']>,
  };
}

/** Becomes text only within the request's JSON, once: the SDK holds its arguments until the answer has come. */
function asBase64(data: Buffer): string {
  let held: Buffer | undefined = data;
  const text = {
    toJSON() {
      const written = held?.toString('base64');
      held = undefined;
      return written;
    },
  };
  return text as unknown as string;
}

/** Classifies by class, then by name: a body that breaks off or is no JSON surfaces as a raw TypeError or SyntaxError. */
export function readSdkFault(error: unknown): SdkFault {
  if (error instanceof GoogleGenerativeAIFetchError) {
    const details: unknown[] = Array.isArray(error.errorDetails) ? error.errorDetails : [];
    const message = providerSentence(error.message, error.errorDetails);
    return {
      kind: 'http',
      message,
      details,
      ...(error.status === undefined ? {} : { httpStatus: error.status }),
    };
  }
  const { name, message } = named(error);
  if (name === 'SyntaxError') return { kind: 'json', message, details: [] };
  // Refused, reset and unknown hosts all read "fetch failed": the SDK drops the cause.
  if (error instanceof GoogleGenerativeAIError || name === 'TypeError') {
    return { kind: 'network', message: message.replace(/^.*Error fetching from \S+: /s, ''), details: [] };
  }
  return { kind: 'unknown', message, details: [] };
}

/** By name, not by class: errors of the built-in fetch may come from another realm. */
function named(error: unknown): { name: string; message: string } {
  if (typeof error !== 'object' || error === null) return { name: '', message: String(error) };
  const { name, message } = error as Partial<Error>;
  return { name: name ?? '', message: message ?? String(error) };
}

/** Takes the SDK's wrapping off: `[GoogleGenerativeAI Error]: Error fetching from URL: [429 Too Many Requests] … [details]`. */
function providerSentence(message: string, details: unknown): string {
  const sentence = message.replace(/^.*?Error fetching from \S+ \[\d{3} [^\]]*\] ?/s, '');
  const suffix = details === undefined ? '' : ` ${JSON.stringify(details)}`;
  return (suffix !== '' && sentence.endsWith(suffix) ? sentence.slice(0, -suffix.length) : sentence).trim();
}
