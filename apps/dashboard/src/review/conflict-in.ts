import type { SkuView } from '@image-studio/contract';

/** A picture that somebody has looked at, and what had been decided about it; another one in its place is not decided about. */
export interface Seen {
  slot: string;
  version?: string | undefined;
  decision?: 'approved' | 'rejected' | null | undefined;
}

/**
 * What somebody else had decided about a picture, unseen by the person whose decision `answer` answers; `null` when nobody had, or the
 * same. `isOwn` knows the names of the person's own decisions.
 */
export function conflictIn(
  answer: unknown,
  seen: readonly (Seen & { action: string })[],
  isOwn: (action: string) => boolean,
): 'approved' | 'rejected' | null {
  const images = (answer as Partial<SkuView> | null)?.images ?? [];
  for (const { slot, decision: known, action } of seen) {
    const image = images.find((one) => one.slot === slot);
    const before = image?.earlierReviews?.at(-1);
    if (known === undefined || before === undefined || image?.review?.action !== action) continue;
    const isOthers = before.action === undefined || !isOwn(before.action);
    const isAgainst = before.decision !== image.review.decision;
    if (isOthers && isAgainst && before.decision !== known) return before.decision;
  }
  return null;
}
