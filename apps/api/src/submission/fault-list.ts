import { type Fault, MAX_FAULTS, ProblemError } from '../http/problem-error.ts';

/** Collects what is wrong with a submission, so that one answer names it all (up to a bound). */
export interface FaultList {
  add(...faults: Fault[]): void;
  /** Enough has been found: reading on would only cost time. */
  readonly full: boolean;
  /** Throws 422 if anything was added. */
  throwIfAny(): void;
}

export function createFaultList(): FaultList {
  const faults: Fault[] = [];
  return {
    add: (...more) => {
      faults.push(...more.slice(0, MAX_FAULTS));
    },
    get full() {
      return faults.length >= MAX_FAULTS;
    },
    throwIfAny() {
      const [first] = faults;
      if (first === undefined) return;
      const count = faults.length >= MAX_FAULTS ? `at least ${MAX_FAULTS} faults` : `${faults.length} faults`;
      const detail = `${first.path} ${first.message}`;
      throw new ProblemError(
        422,
        'INVALID_BODY',
        faults.length === 1
          ? `The submission cannot be taken: ${detail}`
          : `The submission has ${count}; first: ${detail}`,
        { errors: faults },
      );
    },
  };
}
