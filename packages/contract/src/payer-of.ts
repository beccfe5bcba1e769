/** Who pays for a call, as the ledger says it: the SKU of the batch that made it. */
export function payerOf({ batchId, index }: { batchId: string; index: number }): string {
  return `${batchId}_${index}`;
}

/** The batch of a payer. */
export function batchOfPayer(payer: string): string {
  return payer.slice(0, payer.lastIndexOf('_'));
}
