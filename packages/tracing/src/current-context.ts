import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import type { TraceContext } from './trace-context.ts';

const storage = new AsyncLocalStorage<TraceContext | undefined>();

/** Of the request or job that the caller works for. */
export function currentContext(): TraceContext | undefined {
  return storage.getStore();
}

/** Runs `work`, and all that it begins, for `context`. */
export function runIn<T>(context: TraceContext | undefined, work: () => T): T {
  return storage.run(context, work);
}

/** Runs `work` for nobody: what a process does for all, and a job merely happens to set off. */
export function detached<T>(work: () => T): T {
  return storage.run(undefined, work);
}

/** `listener`, run in the context of this call: an emitter would run it in the context of the code that made it emit. */
export function bound<Args extends unknown[]>(listener: (...args: Args) => void): (...args: Args) => void {
  return AsyncResource.bind(listener);
}
