import type { BatchView } from '@image-studio/contract';

/** A list as it was left: what it held, and how far down one had read. */
export interface LeftList {
  view: { batches: readonly BatchView[] | null; nextCursor: string | null };
  scrollY: number;
}

/** By the query of its filter. As long as the tab. */
const left = new Map<string, LeftList>();

export function recallList(query: string): LeftList | undefined {
  return left.get(query);
}

export function rememberList(query: string, list: LeftList): void {
  left.set(query, list);
}
