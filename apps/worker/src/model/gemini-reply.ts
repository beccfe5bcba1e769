import type { GeminiModel } from '@image-studio/planning';
import { z } from 'zod';
import { type ImageSize, ModelError, type ModelUsage } from './image-model.ts';

const Part = z.object({
  thought: z.boolean().nullish(),
  text: z.string().nullish(),
  inlineData: z.object({ mimeType: z.string().nullish(), data: z.string() }).nullish(),
});

const TokenCount = z.number().nonnegative().catch(0);

const Usage = z.object({
  promptTokenCount: TokenCount,
  candidatesTokenCount: TokenCount,
  thoughtsTokenCount: TokenCount,
  candidatesTokensDetails: z.array(z.object({ modality: z.string(), tokenCount: TokenCount })).nullish(),
});

/** What of a `generateContent` answer matters. Everything may be missing: an answer of `{}` has been seen. */
const GeminiReply = z.object({
  candidates: z
    .array(
      z.object({
        content: z.object({ parts: z.array(Part).nullish() }).nullish(),
        finishReason: z.string().nullish(),
        finishMessage: z.string().nullish(),
      }),
    )
    .nullish(),
  promptFeedback: z
    .object({ blockReason: z.string().nullish(), blockReasonMessage: z.string().nullish() })
    .nullish(),
  usageMetadata: Usage.nullish().catch(null),
  modelVersion: z.string().nullish().catch(null),
});

/** Finish reasons that another try with the same words would meet again. */
const REFUSALS = new Set([
  'SAFETY',
  'PROHIBITED_CONTENT',
  'BLOCKLIST',
  'SPII',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'RECITATION',
  'IMAGE_RECITATION',
  'LANGUAGE',
]);

/** The picture in an answer, not yet looked at. */
export interface GeminiPicture {
  data: Buffer;
  usage: ModelUsage;
  costUsd: number;
  modelVersion?: string;
}

/**
 * Finds the picture in an answer: the last one that is not a thought, since thinking models send drafts first.
 * Throws `ModelError` with the provider's reason and with what the answer cost.
 */
export function readGeminiReply(body: unknown, model: GeminiModel, imageSize: ImageSize): GeminiPicture {
  const parsed = GeminiReply.safeParse(body);
  if (!parsed.success) {
    throw new ModelError(
      'malformed',
      `the model's answer has an unknown shape: ${z.prettifyError(parsed.error)}`,
    );
  }
  const { candidates, promptFeedback, usageMetadata, modelVersion } = parsed.data;
  const candidate = candidates?.[0];
  const parts = (candidate?.content?.parts ?? []).filter((part) => part.thought !== true);
  const encoded = parts.map(encodedPicture).findLast((data) => data !== undefined);
  const usage = usageOf(usageMetadata, encoded !== undefined);
  const costUsd = costOf(usage, model);

  if (promptFeedback?.blockReason) {
    const reason = [promptFeedback.blockReason, promptFeedback.blockReasonMessage].filter(Boolean).join(': ');
    throw new ModelError('blockedPrompt', `the provider blocked the request: ${reason}`, { costUsd });
  }
  const finish = candidate?.finishReason ?? 'none';
  if (REFUSALS.has(finish)) {
    const reason = [finish, candidate?.finishMessage].filter(Boolean).join(': ');
    throw new ModelError('blockedOutput', `the provider refused to show the picture: ${reason}`, { costUsd });
  }
  if (encoded === undefined) {
    if (!candidate) throw new ModelError('malformed', "the model's answer has no candidates", { costUsd });
    const text = parts
      .map((part) => part.text ?? '')
      .join(' ')
      .trim();
    const said = text === '' ? '' : `; it said: ${text.slice(0, 200)}`;
    throw new ModelError('noImage', `the model answered without a picture (finish reason ${finish})${said}`, {
      costUsd,
    });
  }
  return {
    data: Buffer.from(encoded, 'base64'),
    usage: usageMetadata
      ? usage
      : { promptTokens: 0, imageTokens: model.imageTokens[imageSize], textTokens: 0 },
    // A gateway that reports no usage is booked at the price list.
    costUsd: usageMetadata ? costUsd : (model.imageTokens[imageSize] * model.price.image) / 1e6,
    ...(modelVersion ? { modelVersion } : {}),
  };
}

/** Base64 of a part's picture. Some gateways put it into the text as a data URL. */
function encodedPicture(part: z.infer<typeof Part>): string | undefined {
  if (part.inlineData) return part.inlineData.data;
  return /data:image\/[\w.+-]+;base64,([A-Za-z0-9+/=]{100,})/.exec(part.text ?? '')?.[1];
}

function usageOf(metadata: z.infer<typeof Usage> | null | undefined, hasPicture: boolean): ModelUsage {
  if (!metadata) return { promptTokens: 0, imageTokens: 0, textTokens: 0 };
  const details = metadata.candidatesTokensDetails;
  const counted = (details ?? [])
    .filter((detail) => detail.modality === 'IMAGE')
    .reduce((sum, detail) => sum + detail.tokenCount, 0);
  // Without a breakdown, an answer with a picture is all picture: that is the dearer reading.
  const imageTokens = details ? counted : hasPicture ? metadata.candidatesTokenCount : 0;
  return {
    promptTokens: metadata.promptTokenCount,
    imageTokens,
    textTokens: Math.max(0, metadata.candidatesTokenCount - imageTokens) + metadata.thoughtsTokenCount,
  };
}

function costOf(usage: ModelUsage, { price }: GeminiModel): number {
  return (
    (usage.promptTokens * price.input + usage.imageTokens * price.image + usage.textTokens * price.text) / 1e6
  );
}
