import { type DroppedTry, type ImageRecord, Picture } from './sku.ts';

/** Pictures of one slot that can be brought back. */
const MOST_KEPT = 20;

/** The tries of a slot once `image` is not the one that is listed any more: those before it, and itself. */
export function dropPicture(image: ImageRecord): DroppedTry[] {
  const { round, callKey, costUsd, tries = [] } = image;
  const dropped: DroppedTry = {
    round: round ?? 0,
    callKey,
    costUsd: tries.reduce((left, one) => left - one.costUsd, costUsd),
    at: image.createdAt ?? '',
    failed: image.checks.flatMap(({ rule, pass }) => (pass ? [] : [rule])),
    picture: Picture.parse(image),
  };
  return [...tries, dropped].map(({ picture, ...told }, n, { length }) => ({
    ...told,
    ...(picture && n >= length - MOST_KEPT && { picture }),
  }));
}
