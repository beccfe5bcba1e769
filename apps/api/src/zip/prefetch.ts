/**
 * `work` on every item, results in the order of the items, up to `ahead` of them under way or waiting for the reader.
 * Rejects with the first failure when its turn comes.
 */
export async function* prefetch<T, R>(
  items: AsyncIterable<T>,
  ahead: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  for await (const item of items) {
    const result = work(item);
    result.catch(() => {}); // reported in its turn, or nobody is there any more
    underWay.push(result);
    if (underWay.length > ahead) yield underWay.shift() as Promise<R>;
  }
  for (const result of underWay) yield result;
}
