import { z } from 'zod';
import { TICKET_COOKIE } from '../auth/authenticate-basic.ts';
import { type Route, route } from '../http/route.ts';
import type { RouteContext } from './context.ts';

/** Long enough to open a page; the board's own requests carry the same cookie. */
const TICKET_MS = 15 * 60_000;

/** `POST /board-ticket`: lets the browser that asks open Bull Board for a quarter of an hour, without its key as a password. */
export function openBoard({ keyRing }: Pick<RouteContext, 'keyRing'>): Route {
  return route({
    method: 'post',
    path: '/board-ticket',
    operationId: 'openBoard',
    tag: 'fleet',
    summary: 'Let this browser open Bull Board for 15 minutes',
    role: 'viewer',
    fleet: true,
    answers: {
      200: { description: 'The ticket is in a cookie', schema: z.object({ expiresAt: z.string() }) },
    },
    async handle({ principal }) {
      const expiresAt = Date.now() + TICKET_MS;
      const ticket = keyRing.ticketFor(principal.keyId, expiresAt);
      const cookie = `${TICKET_COOKIE}=${ticket}; Path=/; Max-Age=${TICKET_MS / 1000}; HttpOnly; SameSite=Strict`;
      return {
        status: 200,
        body: { expiresAt: new Date(expiresAt).toISOString() },
        ...(ticket !== null && { headers: { 'set-cookie': cookie } }),
      };
    },
  });
}
