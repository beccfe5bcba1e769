/** `1 SKU`, `12 SKUs`. */
export function countSkus(count: number): string {
  return `${count} ${count === 1 ? 'SKU' : 'SKUs'}`;
}
