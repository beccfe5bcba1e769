import { say } from '@image-studio/contract';
import { ProblemError } from '../http/problem-error.ts';

const FORBIDDEN = new Set(['apikey', 'apibase']);

/**
 * Throws 400 when a field called `api_key` or `api_base` (or `apiKey`, …) is anywhere in `value`: credentials are
 * configuration, and one that arrives in a body has been in somebody's log. Walks without recursion, as the client
 * decides how deep it goes.
 */
export function refuseCredentials(value: unknown): void {
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next !== 'object' || next === null) continue;
    for (const [name, inner] of Object.entries(next)) {
      if (FORBIDDEN.has(name.toLowerCase().replaceAll('_', ''))) throw forbidden(name);
      pending.push(inner);
    }
  }
}

function forbidden(name: string): ProblemError {
  return new ProblemError(
    400,
    'CREDENTIALS_IN_BODY',
    `"${name}" must not be sent: credentials are configuration of the server (GEMINI_API_KEY, GEMINI_BASE_URL).`,
    { errors: [{ path: name, ...say`is not accepted` }] },
  );
}
