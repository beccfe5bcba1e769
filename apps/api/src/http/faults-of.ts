import type { z } from 'zod';
import { jsonPath } from './json-path.ts';
import { type Fault, MAX_FAULTS } from './problem-error.ts';

type Issue = z.core.$ZodIssue;

/** Lists what zod found wrong, one entry a fault, below `prefix`; at most as many as an answer holds. */
export function faultsOf(error: z.ZodError, prefix: readonly PropertyKey[] = []): Fault[] {
  const issues = error.issues.slice(0, MAX_FAULTS);
  return issues.flatMap((issue) => faultsOfIssue(issue, prefix)).slice(0, MAX_FAULTS);
}

function faultsOfIssue(issue: Issue, prefix: readonly PropertyKey[]): Fault[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .slice(0, MAX_FAULTS)
      .map((key) => ({ path: jsonPath([...path, key]), message: 'is not a known field' }));
  }
  if (issue.code === 'invalid_union') {
    const branch = bestBranch(issue.errors);
    return branch === undefined
      ? [{ path: jsonPath(path), message: issue.message }]
      : branch.flatMap((inner) => faultsOfIssue(inner, path));
  }
  if (issue.code === 'invalid_key') {
    const inner = issue.issues[0]?.message ?? issue.message;
    return [{ path: jsonPath(path), message: `is not an acceptable name: ${inner}` }];
  }
  return [{ path: jsonPath(path), message: issue.message }];
}

/** The branch that got deepest is the one that was meant: `{prompt: 7}` means the object, not the boolean. */
function bestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find((issues) =>
    issues.some((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'),
  );
}
