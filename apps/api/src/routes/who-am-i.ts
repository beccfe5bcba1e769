import { z } from 'zod';
import { NO_KEY } from '../auth/name-of.ts';
import { type Route, route } from '../http/route.ts';

/** `GET /me`: what the key of the request may do, so that a page offers nothing else. */
export function whoAmI(): Route {
  return route({
    method: 'get',
    path: '/me',
    operationId: 'whoAmI',
    tag: 'fleet',
    summary: 'Role and tenant of the key that asks',
    role: 'viewer',
    answers: {
      200: {
        description: 'Without keys everybody is an admin of the default tenant',
        schema: z
          .object({ role: z.enum(['viewer', 'operator', 'admin']), tenant: z.string(), hasKey: z.boolean() })
          .meta({ id: 'Me' }),
      },
    },
    handle: async ({ principal: { role, tenant, keyId } }) => ({
      status: 200,
      body: { role, tenant, hasKey: keyId !== NO_KEY },
    }),
  });
}
