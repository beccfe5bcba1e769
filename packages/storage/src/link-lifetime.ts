/** Seven days: the longest that S3 signs for. A manifest that is opened after the weekend still finds its pictures. */
export const DEFAULT_LINK_TTL_SECONDS = 7 * 24 * 3600;

const HOUR_MS = 3_600_000;

/**
 * The beginning of the current hour. Links that expire count from it, so the same object has the same link for an
 * hour, and a browser that shows it again need not load it again. Costs a link at most an hour of its life.
 */
export function linkHour(nowMs = Date.now()): Date {
  return new Date(Math.floor(nowMs / HOUR_MS) * HOUR_MS);
}
