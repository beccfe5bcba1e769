import type { GeminiModel } from '@image-studio/planning';
import type { ModelRequest } from '../image-model.ts';
import { ApiFault } from '../request/api-fault.ts';
import { parseAnswer } from '../request/parse-answer.ts';
import { sendRequest } from '../request/send-request.ts';
import { type GeminiAccess, generateContent } from './google-generative-ai.ts';

/**
 * One request to the API, sent at once and never again. Resolves to the parsed body of any answer with status 2xx, unchecked.
 * Rejects with `ApiFault`, or with whatever the signal made of the request.
 */
export async function sendGenerateContent(
  access: GeminiAccess,
  request: ModelRequest,
  model: GeminiModel,
  signal: AbortSignal,
): Promise<unknown> {
  return generateContent(access, request, model, async (url, init) => {
    const { bytes, contentType } = await sendRequest(url, { ...init, signal }, request.onUsedUp);
    return parseAnswer(bytes, contentType);
  });
}

/** Asks for the model's card. `null`: the server has no such route, as gateways that only relay `generateContent`. */
export async function readModelCard(access: GeminiAccess, model: string, signal: AbortSignal): Promise<void> {
  try {
    await sendRequest(`${access.baseUrl}/v1beta/models/${model}`, asked(access, signal));
  } catch (error) {
    if (!(error instanceof ApiFault)) throw error;
    // Google's own 404 names the model.
    const lacksRoute = [404, 405, 501].includes(error.httpStatus ?? 0) && !/models?\//.test(error.message);
    if (!lacksRoute) throw error;
  }
}

/** The bytes of a file that the API keeps, by its own address. */
export async function readFile(access: GeminiAccess, url: URL, signal: AbortSignal): Promise<Buffer> {
  const isFile = /\/files\/[^/:]+$/.test(url.pathname);
  const path = isFile ? `${url.pathname}:download?alt=media` : `${url.pathname}${url.search}`;
  const { bytes } = await sendRequest(`${url.origin}${path}`, asked(access, signal));
  return bytes;
}

function asked({ apiKey }: GeminiAccess, signal: AbortSignal): RequestInit {
  return { headers: { 'x-goog-api-key': apiKey }, signal };
}
