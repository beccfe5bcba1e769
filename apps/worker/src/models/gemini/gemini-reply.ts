import { say } from '@image-studio/contract';
import type { GeminiModel } from '@image-studio/planning';
import { z } from 'zod';
import { answerShape } from '../answer/answer-shape.ts';
import { fromBase64 } from '../answer/from-base64.ts';
import { type AnswerPart, type OpenedAnswer, openAnswer } from '../answer/open-answer.ts';
import { unreadable } from '../answer/unreadable.ts';
import { type ImageSize, ModelError, type ModelUsage } from '../image-model.ts';

/**
 * More tokens than an answer can hold: fourteen photos are 16,000, a 4K picture 3,780, and thinking ends before 66,000. A usage
 * beyond it is not believed.
 */
const MAX_TOKENS = 200_000;
const TokenCount = z.number().nonnegative().catch(0);

const Usage = z.object({
  promptTokenCount: TokenCount,
  candidatesTokenCount: TokenCount,
  thoughtsTokenCount: TokenCount,
  candidatesTokensDetails: z
    .array(z.object({ modality: z.string(), tokenCount: TokenCount }))
    .nullish()
    .catch(null),
});
type Usage = z.infer<typeof Usage>;

/** Finish reasons with which the provider keeps a picture back. Another try with the same words may bring it, or not. */
const KEPT_BACK = new Set([
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
/** Reasons to end with which the model refuses, `KEPT_BACK` and those that give no cause; a picture that comes with one of these counts. */
const REFUSALS = new Set([...KEPT_BACK, 'OTHER', 'IMAGE_OTHER']);

/** The picture in an answer, not yet looked at: its bytes, or where they are. */
export interface GeminiPicture {
  picture: Buffer | { url: string };
  /** The model sent it among its thoughts, and no other. */
  isDraft: boolean;
  usage: ModelUsage;
  costUsd: number;
  modelVersion?: string;
}

/**
 * Finds the picture in an answer: the last one of the first candidate that has any, and one that is no thought before those
 * that are, since thinking models send drafts first. Throws `ModelError` with the provider's reason and with what the answer
 * cost.
 */
export function readGeminiReply(body: unknown, model: GeminiModel, imageSize: ImageSize): GeminiPicture {
  const answer = openAnswer(body);
  const found = findPicture(answer);
  const metadata = believableUsage(answer.usageMetadata);
  const atPriceList = { promptTokens: 0, imageTokens: model.imageTokens[imageSize], textTokens: 0 };
  // An answer that reports no usage that can be believed is booked at the price list, if it brings a picture.
  const usage = metadata
    ? usageOf(metadata, found !== undefined)
    : found
      ? atPriceList
      : { promptTokens: 0, imageTokens: 0, textTokens: 0 };
  const costUsd = costOf(usage, model);
  if (found === undefined) {
    const mayBeBought = metadata === null || usage.imageTokens > 0;
    throw withoutPicture(answer, body, { costUsd, mayBeBought });
  }
  return { ...found, usage, costUsd, ...(answer.modelVersion ? { modelVersion: answer.modelVersion } : {}) };
}

function findPicture({
  candidates,
  blockReason,
}: OpenedAnswer): Pick<GeminiPicture, 'picture' | 'isDraft'> | undefined {
  if (blockReason) return undefined;
  // A picture that the provider keeps back is not used, even when part of it came along.
  const shown = candidates.filter(({ finishReason }) => !KEPT_BACK.has(finishReason ?? ''));
  for (const isDraft of [false, true]) {
    for (const { parts } of shown) {
      const picture = parts
        .filter(({ thought }) => (thought === true) === isDraft)
        .map(pictureIn)
        .findLast((one) => one !== undefined);
      if (picture) return { picture, isDraft };
    }
  }
  return undefined;
}

function withoutPicture(
  answer: OpenedAnswer,
  body: unknown,
  billed: { costUsd: number; mayBeBought: boolean },
): ModelError {
  const { candidates, blockReason, blockReasonMessage } = answer;
  if (blockReason) {
    const reason = [blockReason, blockReasonMessage].filter(Boolean).join(': ');
    return new ModelError('blockedPrompt', say`the provider blocked the request: ${reason}`, {
      costUsd: billed.costUsd,
    });
  }
  const refused = candidates.find(({ finishReason }) => REFUSALS.has(finishReason ?? ''));
  if (refused) {
    const reason = [refused.finishReason, refused.finishMessage].filter(Boolean).join(': ');
    return new ModelError('blockedOutput', say`the provider refused to show the picture: ${reason}`, billed);
  }
  if (answer.hasMore) return unreadable(answerShape(body), billed);
  const [candidate] = candidates;
  if (!candidate) return new ModelError('malformed', say`the model's answer has no candidates`, billed);
  const text = candidate.parts
    .flatMap((part) => (part.thought ? [] : (part.text ?? [])))
    .join(' ')
    .trim();
  const words = text.slice(0, 200);
  const finish = candidate.finishReason ?? 'none';
  return new ModelError(
    'noImage',
    words === ''
      ? say`the model answered without a picture (finish reason ${finish})`
      : say`the model answered without a picture (finish reason ${finish}); it said: ${words}`,
    billed,
  );
}

/** Words may hold a picture, as a data URL or as the address in a Markdown image. */
const DATA_URL = /data:image\/[\w.+-]{1,40};base64,([\w+/=-]{100,})/;
const MARKDOWN_IMAGE = /!\[[^\]]{0,200}\]\((https?:\/\/[^\s)]{1,2000})/;

function pictureIn(part: AnswerPart): Buffer | { url: string } | undefined {
  const { inlineData, b64Json, fileData, imageUrl, url, text } = part;
  const isPicture = !/^(audio|video|text)\//.test(inlineData?.mimeType ?? '');
  const data = (isPicture ? inlineData?.data : null) ?? b64Json;
  // An address may stand where base64 belongs, and base64 where an address belongs.
  if (typeof data === 'string') return /^https?:\/\//.test(data) ? { url: data } : fromBase64(data);
  const address = fileData?.fileUri ?? imageUrl?.url ?? url;
  if (address) return address.startsWith('data:') ? fromBase64(address) : { url: address };
  const written = DATA_URL.exec(text ?? '')?.[1];
  if (written) return fromBase64(written);
  const link = MARKDOWN_IMAGE.exec(text ?? '')?.[1];
  return link === undefined ? undefined : { url: link };
}

/** `null` when there is none, or one that cannot be: of nothing at all, or of more than any answer has. */
function believableUsage(value: unknown): Usage | null {
  const { data } = Usage.safeParse(value);
  if (data === undefined) return null;
  const details = (data.candidatesTokensDetails ?? []).map(({ tokenCount }) => tokenCount);
  const counts = [data.promptTokenCount, data.candidatesTokenCount, data.thoughtsTokenCount, ...details];
  const isEmpty = counts.every((count) => count === 0);
  return isEmpty || counts.some((count) => count > MAX_TOKENS) ? null : data;
}

function usageOf(metadata: Usage, hasPicture: boolean): ModelUsage {
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
