import type { Logger } from '@image-studio/runtime';
import { bound } from '@image-studio/tracing';
import type { Request, Response } from 'express';
import type { AuditedAction, Caller } from './caller.ts';
import type { Principal } from './principal.ts';

/**
 * Who did what: the log of every action that may change something, and of everybody who was not let in. `key` is the
 * beginning of the key's SHA-256 (`printf %s KEY | sha256sum`), never the key. Written whatever `LOG_LEVEL` leaves out,
 * short of `silent`.
 */
export interface Audit {
  /** Notes one line when `response` has been sent, whatever came of it. */
  action(request: Request, response: Response, action: () => AuditedAction): void;
  /**
   * Notes that somebody was not let in. `who` (an address, a key) has a line for each of the first refusals; after that
   * one a minute, whose `refused` counts those that it stands for: nobody fills the log by being refused.
   */
  refusal(who: string, refusal: { caller: Caller; principal?: Principal; status: number }): void;
}

/** Lines for refusals of one address or key at once; then one a minute. */
const REFUSALS_AT_ONCE = 60;
const MINUTE_MS = 60_000;
/** Addresses and keys remembered; the one that was first refused longest ago is forgotten first. */
const MAX_REMEMBERED = 10_000;

export function createAudit(log: Logger, now: () => number = Date.now): Audit {
  const audit = log.child({ audit: true }, { level: log.level === 'silent' ? 'silent' : 'info' });
  const refused = new Map<string, { since: number; lines: number; silent: number }>();

  /** How many refusals the next line stands for; 0: there is none now. */
  function linesFor(who: string): number {
    const known = refused.get(who);
    const entry =
      known !== undefined && now() - known.since < MINUTE_MS
        ? known
        : { since: now(), lines: 0, silent: known?.silent ?? 0 };
    if (entry !== known) {
      refused.delete(who);
      refused.set(who, entry);
      if (refused.size > MAX_REMEMBERED) refused.delete(refused.keys().next().value as string);
      // Somebody who goes on after a full minute has had its lines.
      if (known !== undefined && known.lines >= REFUSALS_AT_ONCE) entry.lines = REFUSALS_AT_ONCE - 1;
    }
    entry.silent += 1;
    if (entry.lines >= REFUSALS_AT_ONCE) return 0;
    entry.lines += 1;
    const stands = entry.silent;
    entry.silent = 0;
    return stands;
  }

  return {
    action(request, response, action) {
      const ip = request.socket.remoteAddress;
      const onClose = bound(() => {
        const principal = response.locals.principal as Principal | undefined;
        audit.info(
          {
            ...action(),
            ...named(principal),
            status: response.statusCode,
            // Whether the client was told; a change that was made stays made.
            answered: response.writableFinished,
            ip,
            forwardedFor: request.headers['x-forwarded-for']?.slice(0, 200),
          },
          'audit',
        );
      });
      response.once('close', onClose);
    },

    refusal(who, { caller, principal, status }) {
      const count = linesFor(who);
      if (count === 0) return;
      audit.info(
        {
          ...caller.asked(),
          ...named(principal),
          status,
          ...(count > 1 && { refused: count }),
          ip: caller.ip,
          forwardedFor: caller.forwardedFor?.slice(0, 200),
        },
        'audit',
      );
    },
  };
}

function named(principal: Principal | undefined) {
  return {
    key: principal?.keyId ?? null,
    tenant: principal?.tenant ?? null,
    role: principal?.role ?? null,
  };
}
