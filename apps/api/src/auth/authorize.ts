import { ProblemError } from '../http/problem-error.ts';
import { DEFAULT_TENANT, type Principal } from './principal.ts';

const RANK = { viewer: 0, operator: 1, admin: 2 } as const;

/** Throws 403 unless `principal` has at least `role`, and for fleet-wide matters a key of the default tenant. */
export function authorize(principal: Principal, needs: { role: Principal['role']; fleet?: boolean }): void {
  if (RANK[principal.role] < RANK[needs.role]) {
    throw new ProblemError(
      403,
      'FORBIDDEN',
      `This needs a key with the role ${needs.role}; this key has the role ${principal.role}.`,
    );
  }
  if (needs.fleet === true && principal.tenant !== DEFAULT_TENANT) {
    throw new ProblemError(
      403,
      'FORBIDDEN',
      'This concerns the whole fleet and needs a key of the default tenant.',
    );
  }
}
