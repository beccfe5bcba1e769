import { say } from '@image-studio/contract';
import { z } from 'zod';
import { answerShape } from '../answer/answer-shape.ts';
import { fromBase64 } from '../answer/from-base64.ts';
import { unreadable } from '../answer/unreadable.ts';
import { ModelError } from '../image-model.ts';

/** More tokens than one call can use: sixteen photos and the largest picture are 200,000. A usage beyond it is not believed. */
const MAX_TOKENS = 400_000;
const TokenCount = z.number().nonnegative().max(MAX_TOKENS);

const text = z.string().nullish().catch(null);
const Reply = z.object({
  data: z.array(z.object({ b64_json: text, url: text }).catch({ b64_json: null, url: null })),
});

const Usage = z.object({
  input_tokens: TokenCount,
  output_tokens: TokenCount,
  input_tokens_details: z.object({ text_tokens: TokenCount, image_tokens: TokenCount }).nullish().catch(null),
});

export interface OpenaiUsage {
  textIn: number;
  imageIn: number;
  out: number;
}

export interface OpenaiPicture {
  picture: Buffer | { url: string };
  /** `null` when the answer tells none that can be believed; servers of one's own tell none at all. */
  usage: OpenaiUsage | null;
}

/** Finds the picture of an `images/edits` answer. Throws `ModelError` `noImage` or `unreadable`. */
export function readOpenaiReply(body: unknown): OpenaiPicture {
  const { data: reply } = Reply.safeParse(body);
  if (reply === undefined) throw unreadable(answerShape(body), { mayBeBought: true });
  const usage = usageIn(body);
  for (const { b64_json: base64, url } of reply.data) {
    if (base64) return { picture: fromBase64(base64), usage };
    if (url?.startsWith('data:')) return { picture: fromBase64(url), usage };
    if (url) return { picture: { url }, usage };
  }
  throw new ModelError('noImage', say`the model answered without a picture`, { mayBeBought: usage !== null });
}

function usageIn(body: unknown): OpenaiUsage | null {
  const { data: usage } = Usage.safeParse((body as { usage?: unknown }).usage);
  if (usage === undefined || usage.input_tokens + usage.output_tokens === 0) return null;
  const details = usage.input_tokens_details;
  return {
    // Without a breakdown all that went in counts as photos, which is the dearer reading.
    textIn: details?.text_tokens ?? 0,
    imageIn: details?.image_tokens ?? usage.input_tokens,
    out: usage.output_tokens,
  };
}
