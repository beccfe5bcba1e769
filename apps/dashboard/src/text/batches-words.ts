import type { Words } from './words.ts';

/** The list of batches. */
export const batchesWords = {
  searchBatches: ['Search name or id', '搜索名称或编号'],
  filterByStatus: ['Filter by status', '按状态筛选'],
  noBatchMatches: ['No batch matches', '没有匹配的批次'],
  budgetReached: ['budget reached', '已达预算'],
} as const satisfies Words;
