import type { Inspected } from '@image-studio/imaging/pool';
import { type OpenrouterOffer, openrouterTraits } from '@image-studio/planning';
import { z } from 'zod';
import type { Adapter } from '../adapter.ts';
import { answerShape } from '../answer/answer-shape.ts';
import { fromBase64 } from '../answer/from-base64.ts';
import { inspectPaid } from '../answer/undecodable.ts';
import { unreadable } from '../answer/unreadable.ts';
import { type ImageModel, type ModelAnswer, ModelError, type ModelRequest } from '../image-model.ts';
import { guardCall } from '../request/guard-call.ts';
import { parseAnswer } from '../request/parse-answer.ts';
import { sendRequest } from '../request/send-request.ts';
import { toOpenaiError } from './openai-fault.ts';
import { warmUpByModelList } from './warm-up-by-model-list.ts';

export interface OpenrouterConfig extends OpenrouterOffer {
  /** Never log it. */
  apiKey: string;
  /** Default: OpenRouter's own; without a trailing slash, before `/images`. */
  baseUrl?: string | undefined;
  /** Decodes an answer, and tells its type and size. Rejects with an `Error` that says what is wrong. */
  inspect(image: Buffer): Promise<Inspected>;
}

const OPENROUTER = 'https://openrouter.ai/api/v1';
/** Dearer than any picture that is for sale; a price beyond it is not believed. */
const MAX_COST_USD = 100;

const text = z.string().nullish().catch(null);
const TokenCount = z.number().nonnegative().catch(0);
const Reply = z.object({
  data: z.array(z.object({ b64_json: text }).catch({ b64_json: null })),
  usage: z
    .object({
      prompt_tokens: TokenCount,
      completion_tokens_details: z.object({ image_tokens: TokenCount }).nullish().catch(null),
      cost: z.number().nonnegative().max(MAX_COST_USD).nullish().catch(null),
    })
    .nullish()
    .catch(null),
});

/** OpenRouter's `POST /api/v1/images`: most hosted image models behind one key, each answer with its price in dollars. */
export function createOpenrouterModel(config: OpenrouterConfig): ImageModel {
  const traits = openrouterTraits(config);
  const baseUrl = config.baseUrl ?? OPENROUTER;
  const headers = { authorization: `Bearer ${config.apiKey}` };
  const guard = { apiKey: config.apiKey, toModelError: toOpenaiError };
  return {
    ...traits,
    generate: (request, signal) =>
      guardCall({ signal, timeoutMs: request.timeoutMs, ...guard }, (own) =>
        generate({ ...config, baseUrl }, headers, request, own),
      ),
    warmUp: (signal) => warmUpByModelList(`${baseUrl}/images/models`, headers, guard, signal),
    close: async () => {},
  };
}

/** The provider `openrouter`. */
export const openrouter: Adapter = (access, tools) => {
  const { apiKey = '', baseUrl, defaultModel = '', traits } = access;
  const { maxInputImages } = traits.capabilities(defaultModel);
  const mostUsdPerCall = traits.estimateUsd({ model: defaultModel, imageSize: '1K', inputs: [] });
  return createOpenrouterModel({ ...tools, apiKey, baseUrl, defaultModel, maxInputImages, mostUsdPerCall });
};

async function generate(
  config: OpenrouterConfig & { baseUrl: string },
  headers: Record<string, string>,
  request: ModelRequest,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  const body = JSON.stringify(toBody(request));
  // Minutes may pass until the answer: nobody holds the photos besides the body.
  request.inputs.length = 0;
  const init = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body, signal };
  const { bytes, contentType } = await sendRequest(`${config.baseUrl}/images`, init, request.onUsedUp);
  const answer = parseAnswer(bytes, contentType);
  const { data: reply } = Reply.safeParse(answer);
  if (reply === undefined) throw unreadable(answerShape(answer), { mayBeBought: true });
  const billed = typeof reply.usage?.cost === 'number' ? { costUsd: reply.usage.cost } : {};
  const base64 = reply.data.find(({ b64_json: data }) => data)?.b64_json;
  if (!base64) {
    const mayBeBought = billed.costUsd === undefined || billed.costUsd > 0;
    throw new ModelError('noImage', 'the model answered without a picture', { ...billed, mayBeBought });
  }
  const image = fromBase64(base64);
  const { mime } = await inspectPaid(config, image, billed);
  return {
    image,
    mime,
    usage: {
      promptTokens: reply.usage?.prompt_tokens ?? 0,
      imageTokens: reply.usage?.completion_tokens_details?.image_tokens ?? 0,
      textTokens: 0,
    },
    costUsd: billed.costUsd ?? config.mostUsdPerCall,
  };
}

/** `aspect_ratio` with `resolution`: a `size` beside either of them is a 400. */
function toBody({ model, inputs, prompt, aspectRatio, imageSize }: ModelRequest): object {
  return {
    model,
    prompt,
    input_references: inputs.map(({ mime, data }) => ({
      type: 'image_url',
      image_url: { url: `data:${mime};base64,${data.toString('base64')}` },
    })),
    aspect_ratio: aspectRatio,
    resolution: imageSize,
    n: 1,
    // Another provider's picture would be another picture: falling back is this product's own decision.
    provider: { allow_fallbacks: false },
  };
}
