import { z } from 'zod';

/** Whatever does not fit is as good as absent: one odd field must not cost the picture beside it. */
const text = z.string().nullish().catch(null);
const Blob = z.object({ mimeType: text, data: text }).nullish().catch(null);
const Link = z
  .union([z.object({ url: z.string() }), z.string().transform((url) => ({ url }))])
  .nullish()
  .catch(null);

/** One part of an answer: words, or a picture in one of the ways in which servers hand one over. */
export const AnswerPart = z.object({
  thought: z.boolean().nullish().catch(null),
  text,
  inlineData: Blob,
  fileData: z.object({ fileUri: text, mimeType: text }).nullish().catch(null),
  /** In the OpenAI way. */
  imageUrl: Link,
  b64Json: text,
  url: text,
});
export type AnswerPart = z.infer<typeof AnswerPart>;

const KNOWN_KEYS = new Set([
  ...Object.keys(AnswerPart.shape),
  'thoughtSignature',
  'type',
  'mimeType',
  'role',
]);

/** An answer, whichever way it was wrapped. */
export interface OpenedAnswer {
  candidates: { parts: AnswerPart[]; finishReason: string | null; finishMessage: string | null }[];
  blockReason: string | null;
  blockReasonMessage: string | null;
  modelVersion: string | null;
  /** Unchecked; the last one, of a stream. */
  usageMetadata: unknown;
  /** There is something in it besides what is named here. */
  hasMore: boolean;
}

type Fields = Record<string, unknown>;

/**
 * Reads an answer of `generateContent` as servers have been seen to give it: in snake case, in an array (the pieces of a stream,
 * whose parts belong together), inside another object, with several candidates, or as relays that speak OpenAI's language
 * word it.
 */
export function openAnswer(body: unknown): OpenedAnswer {
  const pieces = piecesIn(camelCased(body));
  const candidates: OpenedAnswer['candidates'] = [];
  let hasMore = false;
  for (const piece of pieces) {
    for (const [position, candidate] of candidatesOf(piece).entries()) {
      const index = typeof candidate.index === 'number' ? candidate.index : position;
      candidates[index] ??= { parts: [], finishReason: null, finishMessage: null };
      const known = candidates[index];
      const raw = partsOf(candidate.content);
      known.parts.push(...raw.flatMap((part) => AnswerPart.safeParse(part).data ?? []));
      hasMore ||= raw.some((part) =>
        Object.keys(asFields(part) ?? { '?': 0 }).some((key) => !KNOWN_KEYS.has(key)),
      );
      known.finishReason = word(candidate.finishReason) ?? known.finishReason;
      known.finishMessage = word(candidate.finishMessage) ?? known.finishMessage;
    }
  }
  const feedback = lastOf(pieces, 'promptFeedback');
  const isEmpty = pieces.length === 0 && Object.keys(asFields(body) ?? { '?': 0 }).length > 0;
  return {
    candidates: candidates.filter(Boolean),
    blockReason: word(asFields(feedback)?.blockReason),
    blockReasonMessage: word(asFields(feedback)?.blockReasonMessage),
    modelVersion: word(lastOf(pieces, 'modelVersion')),
    usageMetadata: lastOf(pieces, 'usageMetadata'),
    hasMore: hasMore || isEmpty,
  };
}

/** Where relays put the answer itself. */
const WRAPPERS = ['response', 'result', 'data', 'body', 'output'];
const MAX_WRAPPERS = 3;

function piecesIn(value: unknown, left = MAX_WRAPPERS): Fields[] {
  if (Array.isArray(value)) return value.flatMap((item) => piecesIn(item, left));
  const fields = asFields(value);
  if (!fields) return [];
  if (Array.isArray(fields.candidates) || asFields(fields.promptFeedback)) return [fields];
  if (foreignParts(fields).length > 0) return [fields];
  return left === 0 ? [] : WRAPPERS.flatMap((key) => piecesIn(fields[key], left - 1));
}

function candidatesOf(piece: Fields): Fields[] {
  const { candidates } = piece;
  if (Array.isArray(candidates)) return candidates.map(asFields).filter((fields) => fields !== null);
  const parts = foreignParts(piece);
  return parts.length === 0 ? [] : [{ content: parts }];
}

/** Chat completions, images and responses of OpenAI's kind; Google's own Interactions. */
function foreignParts(fields: Fields): unknown[] {
  const messages = listOf(fields.choices).map((choice) => asFields(asFields(choice)?.message) ?? {});
  return [
    ...messages.flatMap(({ content, images }) => [...partsOf(content), ...listOf(images)]),
    ...listOf(fields.data).filter((item) => hasAny(item, ['b64Json', 'url'])),
    ...listOf(fields.output).flatMap((item) => partsOf(asFields(item)?.content)),
    ...listOf(fields.outputs).map((item) => {
      const { type, data, mimeType, ...rest } = asFields(item) ?? {};
      return type === 'image' && typeof data === 'string' ? { inlineData: { data, mimeType } } : rest;
    }),
  ];
}

/** The parts of a content, which may be a text, a list, or an object with the list. */
function partsOf(content: unknown): unknown[] {
  if (typeof content === 'string') return [{ text: content }];
  if (Array.isArray(content)) return content;
  const parts = asFields(content)?.parts;
  return Array.isArray(parts) ? parts : asFields(parts) ? [parts] : [];
}

function hasAny(value: unknown, keys: string[]): boolean {
  const fields = asFields(value);
  return fields !== null && keys.some((key) => typeof fields[key] === 'string');
}

function lastOf(pieces: Fields[], key: string): unknown {
  return pieces.map((piece) => piece[key]).findLast((value) => value !== undefined && value !== null);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function asFields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

function word(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

const MAX_DEPTH = 12;

/** `inline_data` and `inlineData` are the same field; Google's own libraries write either. */
function camelCased(value: unknown, depth = MAX_DEPTH): unknown {
  if (typeof value !== 'object' || value === null || depth === 0) return value;
  if (Array.isArray(value)) return value.map((item) => camelCased(item, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      camelCased(inner, depth - 1),
    ]),
  );
}
