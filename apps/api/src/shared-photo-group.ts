import type { ReviewDecision } from '@image-studio/contract';
import { SHARED_PHOTO, type StudioApi } from '@image-studio/queue';

/**
 * SKUs that wait because many products have one photo are decided about together: to those of `indices` that do, adds all
 * others with the same photo. A decision that lets them go on lets later SKUs with that photo go on, too; `dryRun` changes
 * nothing.
 */
export async function withSharers(
  api: Pick<StudioApi, 'select' | 'sharers'>,
  batchId: string,
  indices: readonly number[],
  { decision, dryRun = false }: { decision: ReviewDecision; dryRun?: boolean },
): Promise<number[]> {
  const waiting = new Set(await api.select(batchId, { rule: SHARED_PHOTO }));
  const chosen = indices.filter((index) => waiting.has(index));
  if (chosen.length === 0) return [...indices];
  const allow = !dryRun && (decision === 'approve' || decision === 'regenerate');
  const group = await api.sharers(batchId, chosen, { allow });
  return [...new Set([...indices, ...group.filter((index) => waiting.has(index))])];
}
