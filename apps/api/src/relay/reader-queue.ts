/** Work whose results one browser has to read, one after the other, at its pace. */
export interface ReaderQueue {
  /** Resolves to the result, or to `null` when too much is waiting already, or nobody reads any more. */
  add<T>(work: () => Promise<T>): Promise<T | null>;
  /** What waits is not done any more. */
  close(): void;
}

/**
 * Begins nothing while the reader has yet to take what it was given: a client that asks and does not read would otherwise
 * fill our memory with answers. `drained` resolves when it may have read some.
 */
export function createReaderQueue(reader: {
  isCongested(): boolean;
  drained(): Promise<void>;
  maxWaiting: number;
}): ReaderQueue {
  let waiting = 0;
  let isClosed = false;
  let last: Promise<unknown> = Promise.resolve();

  async function inTurn<T>(work: () => Promise<T>): Promise<T | null> {
    while (!isClosed && reader.isCongested()) await reader.drained();
    return isClosed ? null : work();
  }

  return {
    async add(work) {
      if (isClosed || waiting >= reader.maxWaiting) return null;
      waiting += 1;
      const result = last.then(() => inTurn(work));
      last = result.catch(() => {});
      try {
        return await result;
      } finally {
        waiting -= 1;
      }
    },
    close() {
      isClosed = true;
    },
  };
}
