import type { BatchStatus } from '@image-studio/contract';

/** In the order of a batch's life. */
export const BATCH_STATUSES = [
  'queued',
  'running',
  'paused',
  'completed',
  'failed',
  'cancelled',
] as const satisfies readonly BatchStatus[];

/** What the list of batches is narrowed to. The address keeps it. */
export interface ListFilter {
  status?: BatchStatus;
  /** Part of the name or the id. */
  q?: string;
  /** Only batches in which something waits for review. */
  toReview?: true;
}

/** Longest text that the API searches for. */
const MAX_Q = 200;

/** Reads the query of `#/?status=&q=`; what is not a status is no filter. */
export function readListFilter(query: URLSearchParams): ListFilter {
  const status = BATCH_STATUSES.find((one) => one === query.get('status'));
  const q = query.get('q')?.slice(0, MAX_Q);
  const toReview = query.get('toReview') === 'true';
  return { ...(status && { status }), ...(q && { q }), ...(toReview && { toReview }) };
}

/** The address of the list with that filter; what `readListFilter` reads back. */
export function listHash(filter: ListFilter): string {
  const query = listQuery(filter).toString();
  return `#/${query && `?${query}`}`;
}

/** The filter as the API takes it. */
export function listQuery({ status, q, toReview }: ListFilter): URLSearchParams {
  return new URLSearchParams({
    ...(status && { status }),
    ...(q && { q }),
    ...(toReview && { toReview: 'true' }),
  });
}
