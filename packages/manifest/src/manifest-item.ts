import {
  type Check,
  type DroppedTry,
  type Failure,
  type ImageRecord,
  isAiMade,
  isGood,
  type RouteStep,
} from '@image-studio/contract';
import type { ManifestSku, ManifestSource } from './manifest-batch.ts';

/** One line of a manifest: a picture, or a SKU that has none (then the picture's fields are absent). */
export interface ManifestItem {
  sku: string;
  /** Place of the SKU in the batch, from 0. */
  index: number;
  state: ManifestSku['state'];
  attempts: number;
  attributes: Record<string, string>;
  failure: Failure | null;
  picture: ManifestPicture | null;
}

/** A picture with where it came from. */
export interface ManifestPicture {
  slot: string;
  role: ImageRecord['role'];
  kind: ImageRecord['kind'];
  /** Nobody rejected it, and it passed every check or was approved. */
  usable: boolean;
  key: string;
  url: string | null;
  width: number;
  height: number;
  bytes: number;
  format: string;
  sourceUrl: string;
  /** The photos that the model was given: digest as prepared, and where each came from. */
  inputs: { sha256: string; url: string }[];
  /** A generative model made it; its file says so as well. */
  ai: boolean;
  model: string;
  /** What the batch calls the model; `null` where it names none. */
  alias: string | null;
  /** From which model to which the picture went, where the batch names several. */
  route: RouteStep[];
  prompt: string;
  callKey: string;
  round: number;
  reused: boolean;
  costUsd: number;
  checks: Check[];
  review: ImageRecord['review'] | null;
  createdAt: string | null;
  /** Pictures of the same slot that were paid for and are not listed. */
  tries: Omit<DroppedTry, 'picture'>[];
}

/** The lines of one SKU, pictures in their order. */
export async function manifestItems(
  { input, index, state, record }: ManifestSku,
  { linkOf, batch: { options } }: Pick<ManifestSource, 'linkOf' | 'batch'>,
): Promise<ManifestItem[]> {
  const of = {
    sku: input.sku,
    index,
    state,
    attempts: record.attempts,
    attributes: input.attributes ?? {},
    failure: record.failure ?? null,
  };
  if (record.images.length === 0) return [{ ...of, picture: null }];
  return Promise.all(
    record.images.map(async (image) => {
      const alias = image.alias ?? options.model ?? null;
      const route = record.routes?.[image.slot ?? image.kind] ?? [];
      return { ...of, picture: { ...pictureOf(image, await linkOf(image.key)), alias, route } };
    }),
  );
}

function pictureOf(image: ImageRecord, url: string | null): Omit<ManifestPicture, 'alias' | 'route'> {
  const { role, kind, key, width, height, bytes, format, sourceUrl, model, prompt, callKey } = image;
  const { reused, costUsd, checks } = image;
  const review = image.review ?? null;
  return {
    slot: image.slot ?? kind,
    role,
    kind,
    usable: isGood(image),
    key,
    url,
    width,
    height,
    bytes,
    format,
    sourceUrl,
    inputs: (image.inputs ?? []).map(({ sha256, url }) => ({ sha256, url })),
    ai: isAiMade(image),
    model,
    prompt,
    callKey,
    round: image.round ?? 0,
    reused,
    costUsd,
    checks,
    review,
    createdAt: image.createdAt ?? null,
    tries: (image.tries ?? []).map(({ picture: _, ...told }) => told),
  };
}
