import { AsyncLocalStorage } from 'node:async_hooks';
import { type GenerateContentRequest, GoogleGenerativeAI } from '@google/generative-ai';
import type { GeminiModel } from '@image-studio/planning';
import type { ModelRequest } from '../image-model.ts';
import { pictureConfig } from './picture-config.ts';

/** Where the API is and with which key. */
export interface GeminiAccess {
  apiKey: string;
  /** Without a trailing slash; may carry a path. */
  baseUrl: string;
}

/** Sends what the SDK has made ready, and resolves to the answer's parsed body. */
export type Transport = (url: string, init: RequestInit) => Promise<unknown>;

/**
 * The one place that knows `@google/generative-ai` (0.24.1). The SDK makes the request: its address, headers and body.
 * It is sent by `transport`, because the SDK's own way reads an answer of any length, follows redirects with the key, and
 * drops the cause by which a request that never left is told from one that was charged for. Its signal and timeout are not
 * used either: it sends requests whose signal has fired, and leaves listeners and timers behind.
 *
 * Resolves to what `transport` resolved to, and rejects with what it rejected with.
 */
export async function generateContent(
  access: GeminiAccess,
  request: ModelRequest,
  model: GeminiModel,
  transport: Transport,
): Promise<unknown> {
  const client = new GoogleGenerativeAI(access.apiKey).getGenerativeModel(
    { model: request.model },
    { baseUrl: access.baseUrl },
  );
  let sent: Promise<unknown> | undefined;
  const carrying: typeof fetch = async (url, init) => {
    sent = carriers.run(undefined, () => transport(String(url), init ?? {}));
    await sent;
    // The SDK gets nothing to read: an answer may be 34 MB of text, or of a shape that it does not expect.
    return NOTHING;
  };
  const call = carriers.run(carrying, () => client.generateContent(toContents(request, model)));
  // The request's body is written by now. Minutes may pass until the answer: nobody holds the pictures besides.
  request.inputs.length = 0;
  await call.catch((error: unknown) => {
    if (sent === undefined) throw error;
  });
  return sent;
}

const NOTHING = { ok: true, json: async () => ({}) } as Response;

/** What sends requests within a call of `generateContent`; everybody else's go by the built-in fetch, as ever. */
const carriers = new AsyncLocalStorage<typeof fetch | undefined>();
const builtIn = globalThis.fetch;
// The SDK takes no other way of being told what to send by.
globalThis.fetch = (...request) => (carriers.getStore() ?? builtIn)(...request);

/** Pictures first, in their order, then the text: the order in which the prompt speaks of them. */
function toContents(request: ModelRequest, model: GeminiModel): GenerateContentRequest {
  const pictures = request.inputs.map(({ mime, data }) => ({
    inlineData: { mimeType: mime, data: asBase64(data) },
  }));
  const generationConfig = pictureConfig(request, model);
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
