import { type Said, say } from '@image-studio/contract';
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
      .map((key) => ({ path: jsonPath([...path, key]), ...say`is not a known field` }));
  }
  if (issue.code === 'invalid_union') {
    const branch = bestBranch(issue.errors);
    return branch === undefined
      ? [{ path: jsonPath(path), ...saidOf(issue) }]
      : branch.flatMap((inner) => faultsOfIssue(inner, path));
  }
  if (issue.code === 'invalid_key') {
    const inner = issue.issues[0]?.message ?? issue.message;
    return [{ path: jsonPath(path), ...say`is not an acceptable name: ${inner}` }];
  }
  return [{ path: jsonPath(path), ...saidOf(issue) }];
}

/** zod's own English; the sentence says as much of it as other languages need. */
function saidOf(issue: Issue): Said {
  const { message } = issue;
  switch (issue.code) {
    case 'invalid_type':
      return { message, sentence: say`must be of type ${issue.expected}`.sentence };
    case 'too_small':
      return { message, sentence: say`must be at least ${String(issue.minimum)}`.sentence };
    case 'too_big':
      return { message, sentence: say`must be at most ${String(issue.maximum)}`.sentence };
    case 'invalid_value':
      return { message, sentence: say`must be one of ${issue.values.map(String).join(', ')}`.sentence };
    case 'custom':
      return { message, sentence: { text: message, values: [] } };
    default:
      return { message, sentence: say`is not in the right form`.sentence };
  }
}

/** The branch that got deepest is the one that was meant: `{prompt: 7}` means the object, not the boolean. */
function bestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find((issues) =>
    issues.some((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'),
  );
}
