/** A value that says when it changes. */
export interface Store<T> {
  get(): T;
  /** Replaces the value; listeners hear only of another one. */
  set(next: T): void;
  update(change: (current: T) => T): void;
  /** Returns the function that ends the listening. */
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  const set = (next: T): void => {
    if (Object.is(next, value)) return;
    value = next;
    for (const listener of [...listeners]) listener();
  };
  return {
    get: () => value,
    set,
    update: (change) => set(change(value)),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
