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
    const [inner] = issue.issues;
    return [
      {
        path: jsonPath(path),
        ...(inner ? say`is not an acceptable name: ${saidOf(inner)}` : say`is not an acceptable name`),
      },
    ];
  }
  return [{ path: jsonPath(path), ...saidOf(issue) }];
}

/** Words that zod begins its own messages with; others were written beside the schema, and say more. */
const OF_ZOD = /^(Invalid|Too (big|small)|Unrecognized)\b/;

/** In our own words, so that they can be said in other languages. */
function saidOf(issue: Issue): Said {
  const { message } = issue;
  if (!OF_ZOD.test(message)) return { message, sentence: { text: message, values: [] } };
  switch (issue.code) {
    case 'invalid_type':
      return message.endsWith('received undefined') ? say`is required` : ofType(issue.expected);
    case 'too_small':
      return atLeast(issue);
    case 'too_big':
      return atMost(issue);
    case 'invalid_value':
      return issue.values.length === 1
        ? say`must be ${String(issue.values[0])}`
        : say`must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return ofFormat(issue.format);
    case 'not_multiple_of':
      return say`must be a multiple of ${issue.divisor}`;
    default:
      return say`is not in the right form`;
  }
}

function ofType(expected: string): Said {
  switch (expected) {
    case 'string':
      return say`must be text`;
    case 'number':
      return say`must be a number`;
    case 'int':
      return say`must be a whole number`;
    case 'boolean':
      return say`must be true or false`;
    case 'array':
      return say`must be a list`;
    case 'object':
    case 'record':
      return say`must be an object with named fields`;
    default:
      return say`must be of type ${expected}`;
  }
}

function atLeast({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): Said {
  const least = Number(minimum);
  if (origin === 'string') {
    return least === 1 ? say`must not be empty` : say`must have at least ${least} characters`;
  }
  if (origin === 'array') {
    return least === 1 ? say`must have at least one entry` : say`must have at least ${least} entries`;
  }
  return inclusive === false ? say`must be more than ${least}` : say`must be at least ${least}`;
}

function atMost({ origin, maximum, inclusive }: z.core.$ZodIssueTooBig): Said {
  const most = Number(maximum);
  if (origin === 'string') return say`must have at most ${most} characters`;
  if (origin === 'array') return say`must have at most ${most} entries`;
  return inclusive === false ? say`must be less than ${most}` : say`must be at most ${most}`;
}

function ofFormat(format: string): Said {
  switch (format) {
    case 'url':
      return say`must be an address that begins with http:// or https://`;
    case 'datetime':
      return say`must be a time with its zone, such as 2027-01-31T18:00:00Z`;
    default:
      return say`is not in the right form`;
  }
}

/** The branch that got deepest is the one that was meant: `{prompt: 7}` means the object, not the boolean. */
function bestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find((issues) =>
    issues.some((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'),
  );
}
