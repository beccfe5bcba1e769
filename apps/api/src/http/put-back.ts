/** A sequence of which the first item has been taken to look at it, whole again. Ends the rest when it is left early. */
export async function* putBack<T>(first: IteratorResult<T>, rest: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    for (let next = first; !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
