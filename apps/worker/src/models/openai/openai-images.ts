import type { Inspected } from '@image-studio/imaging/pool';
import { GPT_IMAGE_PRICE, type OpenaiOffer, openaiTraits } from '@image-studio/planning';
import type { Adapter } from '../adapter.ts';
import { inspectPaid } from '../answer/undecodable.ts';
import type { ImageModel, ModelAnswer, ModelRequest } from '../image-model.ts';
import { guardCall } from '../request/guard-call.ts';
import { parseAnswer } from '../request/parse-answer.ts';
import { sendRequest } from '../request/send-request.ts';
import { createOpenaiBatches, type PricedRequest, type ReadAnswer } from './openai-batches.ts';
import { toOpenaiError } from './openai-fault.ts';
import { type OpenaiUsage, readOpenaiReply } from './openai-reply.ts';
import { pictureBytes } from './picture-bytes.ts';
import { sizeOf } from './size-of.ts';
import { warmUpByModelList } from './warm-up-by-model-list.ts';

export interface OpenaiImagesConfig extends OpenaiOffer {
  /** With what comes before `/v1`; without a trailing slash. */
  baseUrl: string;
  /** Absent for a server that asks for none. Never log it. */
  apiKey?: string | undefined;
  /** Sent as `quality`, to servers that know the field (OpenAI's own). Default: not sent. */
  quality?: string | undefined;
  /** Fetches a picture that an answer gives only the address of, if requests may go there. Default: none is fetched. */
  fetchPicture?: ((url: string, signal: AbortSignal) => Promise<Buffer>) | undefined;
  /** Decodes an answer, and tells its type and size. Rejects with an `Error` that says what is wrong. */
  inspect(image: Buffer): Promise<Inspected>;
}

const OPENAI = 'https://api.openai.com';

/**
 * A server that speaks OpenAI's `POST {base}/v1/images/edits`: OpenAI and Azure, gateways, and one's own GPU behind
 * stable-diffusion.cpp, vLLM-Omni or SGLang. Only the fields that all of them take are sent.
 */
export function createOpenaiImagesModel(config: OpenaiImagesConfig): ImageModel {
  const traits = openaiTraits(config);
  const headers: Record<string, string> = config.apiKey ? { authorization: `Bearer ${config.apiKey}` } : {};
  const guard = { apiKey: config.apiKey ?? '', toModelError: toOpenaiError };
  const readAnswer = (body: unknown, request: PricedRequest, signal: AbortSignal) =>
    answerOf(body, config, traits.estimateUsd(request), signal);
  return {
    ...traits,
    generate: (request, signal) =>
      guardCall({ signal, timeoutMs: request.timeoutMs, ...guard }, (own) =>
        generate(config, headers, request, readAnswer, own),
      ),
    warmUp: (signal) => warmUpByModelList(`${config.baseUrl}/v1/models`, headers, guard, signal),
    close: async () => {},
    batches: createOpenaiBatches({ ...config, headers }, readAnswer),
  };
}

/** The provider `openai-images`. */
export const openaiImages: Adapter = (access, tools) => {
  const { defaultModel = '', baseUrl = OPENAI, traits } = access;
  const { maxInputImages, imageSizes } = traits.capabilities(defaultModel);
  const largest = imageSizes.at(-1) ?? '1K';
  return createOpenaiImagesModel({ ...access, ...tools, defaultModel, baseUrl, largest, maxInputImages });
};

async function generate(
  config: OpenaiImagesConfig,
  headers: Record<string, string>,
  request: ModelRequest,
  readAnswer: ReadAnswer,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  const { model, imageSize } = request;
  const priced = { model, imageSize, inputs: { length: request.inputs.length } };
  const body = toForm(request, config.quality);
  // Minutes may pass until the answer: nobody holds the photos besides the form.
  request.inputs.length = 0;
  const url = `${config.baseUrl}/v1/images/edits`;
  const init = { method: 'POST', headers, body, signal };
  const { bytes, contentType } = await sendRequest(url, init, request.onUsedUp);
  return readAnswer(parseAnswer(bytes, contentType), priced, signal);
}

/** What an answer's body brought. An answer that says nothing of its price is booked at the list's. */
async function answerOf(
  body: unknown,
  config: OpenaiImagesConfig,
  listUsd: number,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  const { picture, usage } = readOpenaiReply(body);
  const billed =
    config.usdPerPicture !== undefined
      ? { costUsd: config.usdPerPicture }
      : usage === null
        ? {}
        : { costUsd: costOf(usage) };
  const image = await pictureBytes(picture, { ...billed, ...config, signal });
  const { mime } = await inspectPaid(config, image, billed);
  return {
    image,
    mime,
    usage: {
      promptTokens: (usage?.textIn ?? 0) + (usage?.imageIn ?? 0),
      imageTokens: usage?.out ?? 0,
      textTokens: 0,
    },
    costUsd: billed.costUsd ?? listUsd,
  };
}

function toForm(request: ModelRequest, quality: string | undefined): FormData {
  const size = sizeOf(request);
  const form = new FormData();
  form.set('model', request.model);
  form.set('prompt', request.prompt);
  form.set('n', '1');
  form.set('size', size);
  if (quality !== undefined) form.set('quality', quality);
  const isSingle = request.inputs.length === 1;
  for (const [at, { mime, data }] of request.inputs.entries()) {
    const file = new Blob([new Uint8Array(data)], { type: mime });
    form.append(isSingle ? 'image' : 'image[]', file, `photo-${at + 1}.${mime.split('/')[1] ?? 'jpg'}`);
  }
  return form;
}

function costOf({ textIn, imageIn, out }: OpenaiUsage): number {
  const price = GPT_IMAGE_PRICE;
  return (textIn * price.text + imageIn * price.imageIn + out * price.imageOut) / 1e6;
}
