import { expect, test } from '@jest/globals';
import { createStore } from './store.ts';

test('tells its listeners of changes, of nothing else, and not after they have left', () => {
  const store = createStore(1);
  const heard: number[] = [];
  const leave = store.subscribe(() => heard.push(store.get()));
  store.set(2);
  store.set(2);
  store.update((value) => value + 1);
  leave();
  store.set(9);
  expect(heard).toEqual([2, 3]);
});
